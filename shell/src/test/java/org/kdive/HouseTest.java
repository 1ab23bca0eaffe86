package org.kdive;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.Architectures.layeredArchitecture;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The walls of the house, as docs/architecture.md draws them. */
final class HouseTest {
    private static final String[] LEAVES = {"org.kdive.qmp..", "org.kdive.gdbrsp..", "org.kdive.images.."};
    private static final String[] FRONT_ENDS = {"org.kdive.repl..", "org.kdive.script..", "org.kdive.demo.."};

    private static JavaClasses house;

    @BeforeAll
    static void readTheHouse() {
        house = new ClassFileImporter()
                .withImportOption(new ImportOption.DoNotIncludeTests())
                .importPackages("org.kdive");
    }

    @Test
    void leavesNeverSeeEachOtherNorTheShell() {
        String shell = "org.kdive.(machine|session|command|repl|script|demo|cli)..";
        for (String leaf : LEAVES) {
            for (String other : LEAVES) {
                if (!leaf.equals(other)) {
                    forbid(leaf, other);
                }
            }
            forbid(leaf, shell);
        }
    }

    @Test
    void importsInTheShellRunOneWay() {
        layeredArchitecture()
                .consideringOnlyDependenciesInAnyPackage("org.kdive..")
                .withOptionalLayers(true)
                .layer("cli")
                .definedBy("org.kdive.cli..")
                .layer("front ends")
                .definedBy(FRONT_ENDS)
                .layer("command")
                .definedBy("org.kdive.command..")
                .layer("session")
                .definedBy("org.kdive.session..")
                .layer("machine")
                .definedBy("org.kdive.machine..")
                .whereLayer("cli")
                .mayNotBeAccessedByAnyLayer()
                .whereLayer("front ends")
                .mayOnlyBeAccessedByLayers("cli")
                .whereLayer("command")
                .mayOnlyBeAccessedByLayers("front ends", "cli")
                .whereLayer("session")
                .mayOnlyBeAccessedByLayers("command", "front ends", "cli")
                .whereLayer("machine")
                .mayOnlyBeAccessedByLayers("session", "command", "cli")
                .check(house);
    }

    @Test
    void frontEndsNeverSeeEachOther() {
        for (String one : FRONT_ENDS) {
            for (String other : FRONT_ENDS) {
                if (!one.equals(other)) {
                    forbid(one, other);
                }
            }
        }
    }

    @Test
    void everyLibraryHasOneDoor() {
        onlyIn("io.netty..", "org.kdive.qmp.wire..", "org.kdive.gdbrsp.wire..");
        onlyIn("com.fasterxml.jackson..", "org.kdive.qmp.wire..", "org.kdive.cli..");
        onlyIn("org.jline..", "org.kdive.repl..");
        onlyIn("picocli..", "org.kdive.cli..");
        onlyIn("org.apache.commons.compress..", "org.kdive.images..");
        onlyIn("org.tukaani..", "org.kdive.images..");
        onlyIn("com.github.luben..", "org.kdive.images..");
        onlyIn("io.airlift..", "org.kdive.images..");
        onlyIn("com.sun.jna..", "org.kdive.images..");
    }

    @Test
    void theWireIsNotForImportFromOutside() {
        noClasses()
                .that()
                .resideOutsideOfPackage("org.kdive.qmp..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.kdive.qmp.wire..")
                .allowEmptyShould(true)
                .check(house);
        noClasses()
                .that()
                .resideOutsideOfPackage("org.kdive.gdbrsp..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage("org.kdive.gdbrsp.wire..")
                .allowEmptyShould(true)
                .check(house);
    }

    private static void forbid(String from, String to) {
        noClasses()
                .that()
                .resideInAPackage(from)
                .should()
                .dependOnClassesThat()
                .resideInAPackage(to)
                .allowEmptyShould(true)
                .check(house);
    }

    private static void onlyIn(String library, String... doors) {
        noClasses()
                .that()
                .resideOutsideOfPackages(doors)
                .and()
                .resideInAPackage("org.kdive..")
                .should()
                .dependOnClassesThat()
                .resideInAPackage(library)
                .allowEmptyShould(true)
                .check(house);
    }
}
