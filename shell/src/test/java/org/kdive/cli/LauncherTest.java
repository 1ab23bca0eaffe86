package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.cli.FakeCheckout.Outcome;

/** How the launcher builds and starts, on a path where java and mvn are scripts that say what they were given. */
@Timeout(60)
final class LauncherTest {
    @TempDir
    private Path root;

    private FakeCheckout checkout;

    @BeforeEach
    void makeTheCheckout() {
        checkout = new FakeCheckout(root);
    }

    @Test
    void givesTheProgramItsWordsUnchanged() throws Exception {
        Outcome outcome = checkout.kdive("image", "two words", "*", "");

        assertThat(outcome.status()).isZero();
        assertThat(outcome.out()).endsWith("[org.kdive.cli.Main]\n[image]\n[two words]\n[*]\n[]\n");
        assertThat(outcome.out())
                .contains("[" + checkout.home.resolve("shell/target/quick/shell-1.jar") + ":"
                        + checkout.home.resolve("shell/target/quick/lib/lib-1.jar") + "]");
    }

    @Test
    void isFoundThroughSymbolicLinksFromAnyDirectory() throws Exception {
        Path near = Files.createSymbolicLink(checkout.home.resolve("near"), Path.of("kdive"));
        Path far = Files.createSymbolicLink(root.resolve("far"), near);

        assertThat(FakeCheckout.finish(checkout.start(far, Path.of("/"))).status())
                .isZero();
        assertThat(checkout.notes()).hasSize(1);
    }

    @Test
    void takesAnotherCheckoutFromKdiveHome() throws Exception {
        Path copy = root.resolve("elsewhere");
        Files.copy(checkout.home.resolve("kdive"), copy);
        assertThat(FakeCheckout.finish(checkout.start(copy, root)).err())
                .contains("neither a checkout (pom.xml) nor an installation (lib/)");

        checkout.environment.put("KDIVE_HOME", checkout.home.toString());
        assertThat(FakeCheckout.finish(checkout.start(copy, root)).status()).isZero();
    }

    @Test
    void becomesTheProgramSoThatSignalsReachIt() throws Exception {
        checkout.kdive();
        Process process = checkout.start(checkout.home.resolve("kdive"), root);

        assertThat(FakeCheckout.finish(process).out()).startsWith("pid=" + process.pid() + "\n");
    }

    @Test
    void buildsOnceThenOnlyWhenASourceIsNewer() throws Exception {
        assertThat(checkout.kdive().err()).startsWith("kdive: building ");
        assertThat(checkout.kdive().err()).isEmpty();
        assertThat(checkout.notes()).hasSize(1);

        checkout.edit(checkout.source("images"));
        assertThat(checkout.kdive().status()).isZero();
        assertThat(checkout.notes()).hasSize(2);

        checkout.edit(checkout.home.resolve("qmp/pom.xml"));
        assertThat(checkout.kdive().status()).isZero();
        assertThat(checkout.notes()).hasSize(3);
    }

    @Test
    void buildsWhenASourceHasGone() throws Exception {
        checkout.kdive();
        checkout.edit(checkout.home.resolve("kdive"));
        Files.delete(checkout.source("qmp"));
        checkout.kdive();

        assertThat(checkout.notes()).hasSize(2);
    }

    @Test
    void twoAtOnceBuildOnce() throws Exception {
        Path gate = root.resolve("gate");
        assertThat(new ProcessBuilder("mkfifo", gate.toString()).start().waitFor())
                .isZero();
        checkout.tool(
                "mvn", "echo begun >>'" + checkout.log() + "'", "cat '" + gate + "'", FakeCheckout.buildSucceeds());
        Process first = checkout.start(checkout.home.resolve("kdive"), root);
        await().until(() -> !checkout.notes().isEmpty());
        Process second = checkout.start(checkout.home.resolve("kdive"), root);
        String waiting = second.errorReader().readLine();
        Files.writeString(gate, "open\n");

        assertThat(waiting).isEqualTo("kdive: waiting for another kdive to build");
        assertThat(FakeCheckout.finish(first).status()).isZero();
        assertThat(FakeCheckout.finish(second).status()).isZero();
        assertThat(checkout.notes()).hasSize(1);
    }

    @Test
    void showsTheLogOfAFailedBuildAndTriesAgain() throws Exception {
        checkout.tool("mvn", "echo '[ERROR] A.java:[1,1] no such thing'", "exit 1");
        Outcome outcome = checkout.kdive();

        assertThat(outcome.status()).isEqualTo(2);
        assertThat(outcome.out()).isEmpty();
        assertThat(outcome.err()).contains("failed\n[ERROR] A.java:[1,1] no such thing\n");

        checkout.tool("mvn", FakeCheckout.buildSucceeds());
        assertThat(checkout.kdive().status()).isZero();
    }

    @Test
    void goesOnlineOnlyForWhatIsNotThere() throws Exception {
        Files.createDirectories(root.resolve("user/.m2/repository"));
        String note = "echo \"$*\" >>'" + checkout.log() + "'";
        String offline = "case \" $* \" in *' -o '*) echo 'Cannot access central in offline mode'; exit 1 ;; esac";
        checkout.tool("mvn", note, offline, FakeCheckout.buildSucceeds());
        assertThat(checkout.kdive().status()).isZero();
        assertThat(checkout.notes()).hasSize(2);
        assertThat(checkout.notes().get(0)).contains(" -o ");
        assertThat(checkout.notes().get(1)).doesNotContain(" -o ");

        Files.delete(checkout.log());
        checkout.edit(checkout.source("shell"));
        checkout.tool("mvn", note, "echo 'COMPILATION ERROR'", "exit 1");
        assertThat(checkout.kdive().status()).isEqualTo(2);
        assertThat(checkout.notes()).hasSize(1);
    }

    @Test
    void allowsNativeAccessWhereTheJdkAsksForIt() throws Exception {
        assertThat(checkout.kdive().out()).doesNotContain("--enable-native-access");

        checkout.jdk("jdk", "25.0.1");
        assertThat(checkout.kdive().out()).contains("[--enable-native-access=ALL-UNNAMED]");
    }

    @Test
    void startsFromTheArchiveOfAnEarlierRunOfTheSameVerb() throws Exception {
        Path archive = archiveOfFirstRun("attach");
        FakeCheckout.write(archive, "an archive");
        FakeCheckout.write(archive.resolveSibling(archive.getFileName() + ".ok"), "");

        String shared = "[-XX:SharedArchiveFile=" + archive.toString().replaceFirst("\\.[0-9]+$", "") + "]";
        assertThat(checkout.kdive("attach", "stub").out()).contains(shared);
        assertThat(checkout.kdive("image", "symbols").out()).doesNotContain(shared);
        // what starts nothing loads little, and would leave every later run a poor archive
        assertThat(checkout.kdive("attach", "--help").out()).doesNotContain(shared);
    }

    @Test
    void neverStartsFromAnArchiveThatWasCutShort() throws Exception {
        Path archive = archiveOfFirstRun("attach");
        Files.write(archive, new byte[64]);
        FakeCheckout.write(archive.resolveSibling(archive.getFileName() + ".ok"), "");

        assertThat(checkout.kdive("attach", "stub").out()).contains("[-XX:ArchiveClassesAtExit=");
        assertThat(archive).doesNotExist();
    }

    @Test
    void sweepsWhatKilledRunsLeftInTheArchives() throws Exception {
        Path archive = archiveOfFirstRun("attach");
        Path cds = archive.resolveSibling("");
        Process gone = new ProcessBuilder("true").start();
        gone.waitFor();
        long dead = gone.pid();
        long alive = ProcessHandle.current().pid();
        for (String name : List.of(
                "1-run.jsa",
                "1-run.jsa." + dead,
                "1-run.jsa." + dead + ".ok",
                "2-run.jsa." + dead,
                "3-run.jsa." + alive,
                "4-run.jsa." + dead,
                "4-run.jsa." + dead + ".ok",
                "5-run.jsa." + dead + ".ok",
                "6.jsa.note")) {
            FakeCheckout.write(cds.resolve(name), "an archive");
        }

        checkout.kdive("image", "symbols");

        try (Stream<Path> left = Files.list(cds)) {
            assertThat(left.map(file -> file.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "1-run.jsa",
                            "3-run.jsa." + alive,
                            "4-run.jsa." + dead,
                            "4-run.jsa." + dead + ".ok",
                            "6.jsa.note");
        }
    }

    /** The file into which the first run of the verb was told to write its archive. */
    private Path archiveOfFirstRun(String verb) throws IOException, InterruptedException {
        String option = "[-XX:ArchiveClassesAtExit=";
        return checkout.kdive(verb, "stub")
                .out()
                .lines()
                .filter(word -> word.startsWith(option))
                .map(word -> Path.of(word.substring(option.length(), word.length() - 1)))
                .findAny()
                .orElseThrow();
    }
}
