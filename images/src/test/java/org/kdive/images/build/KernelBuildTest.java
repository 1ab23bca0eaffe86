package org.kdive.images.build;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.ImageException;
import org.kdive.images.KernelConfig;
import org.kdive.images.bytes.Bytes;

/** A build with a make of our own on a private path: what it is told, what becomes of what it says. */
final class KernelBuildTest {
    /** Writes down its arguments; configures; "builds"; fails if told to. Nothing but the shell's own commands. */
    private static final String MAKE = """
            #!/bin/sh
            echo "$@" >>"$SAID"
            output=.
            for word; do case $word in -C) next=1 ;; O=*) output=${word#O=} ;; *) [ "$next" ] && [ "$output" = . ] && output=$word; next= ;; esac; done
            case $word in
            olddefconfig) ;;
            *config) echo "CONFIG_BASE=y" >"$output/.config"; echo "# CONFIG_KGDB is not set" >>"$output/.config" ;;
            *)
                echo "  CC      init/main.o"
                echo "  CC [M]  fs/9p/v9fs.o"
                if [ "$FAIL" ]; then echo "init/main.c:1:1: error: no such thing"; echo "make: *** [init] Error 1"; exit 2; fi
                echo kernel >"$output/arch/x86/boot/$word" ;;
            esac
            """;

    @TempDir
    private Path directory;

    private final List<String> steps = new ArrayList<>();
    private final List<String> done = new ArrayList<>();
    private Path source = Path.of("");
    private Path programs = Path.of("");
    private Path headers = Path.of("");

    @BeforeEach
    void prepare() throws IOException {
        source = Files.createDirectories(directory.resolve("src"));
        programs = Files.createDirectories(directory.resolve("bin"));
        headers = Files.createDirectories(directory.resolve("include"));
        Files.createDirectories(source.resolve("arch/x86/boot"));
        Files.writeString(source.resolve("Makefile"), "");
        Files.writeString(source.resolve("Kconfig"), "");
        Files.writeString(headers.resolve("gelf.h"), "");
        program("make", MAKE);
        for (String name :
                List.of("gcc", "ld", "flex", "bison", "bc", "pahole", "x86_64-linux-gnu-gcc", "x86_64-linux-gnu-ld")) {
            program(name, "#!/bin/sh\n");
        }
    }

    private void program(String name, String text) throws IOException {
        Path file = Files.writeString(programs.resolve(name), text);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path build(@Nullable String defconfig, String fail, ConfigFragment... fragments) {
        Map<String, String> environment = Map.of(
                "PATH", programs.toString(), "SAID", directory.resolve("said").toString(), "FAIL", fail);
        var request = new BuildRequest(
                source, null, BuildTarget.X86_64, defconfig, List.of(fragments), "x86_64-linux-gnu-", 3);
        return KernelBuild.run(
                request, new HostTools(List.of(programs), List.of(headers)), environment, new BuildProgress() {
                    @Override
                    public void step(String what) {
                        steps.add(what);
                    }

                    @Override
                    public void done(int count, String what) {
                        done.add(count + " " + what);
                    }
                });
    }

    private List<String> said() throws IOException {
        String common = "-C " + source + " ARCH=x86_64 CROSS_COMPILE=x86_64-linux-gnu- ";
        return Files.readAllLines(directory.resolve("said")).stream()
                .map(line -> line.replace(common, ""))
                .toList();
    }

    @Test
    void configuresBuildsAndCounts() throws IOException {
        assertThat(build(null, ""))
                .isEqualTo(source.resolve("arch/x86/boot/bzImage"))
                .exists();
        assertThat(said()).containsExactly("x86_64_defconfig", "olddefconfig", "-j3 bzImage");
        assertThat(done).containsExactly("1 CC init/main.o", "2 CC [M] fs/9p/v9fs.o");
        assertThat(source.resolve("kdive-build.log")).content().contains("  CC      init/main.o");
    }

    @Test
    void keepsAConfigurationThatIsThere() throws IOException {
        Files.writeString(source.resolve(".config"), "CONFIG_MINE=y\n");
        build(null, "");
        assertThat(said()).containsExactly("olddefconfig", "-j3 bzImage");
    }

    @Test
    void laysFragmentsOverTheConfiguration() throws IOException {
        build(null, "", ConfigFragment.KGDB, ConfigFragment.TINY);
        assertThat(said()).containsExactly("tinyconfig", "olddefconfig", "-j3 bzImage");
        KernelConfig config = KernelConfig.read(Bytes.ofFile(source.resolve(".config"), 1 << 20));
        assertThat(config.isBuiltIn("BASE")).isTrue();
        assertThat(config.isBuiltIn("KGDB")).isTrue();
        assertThat(config.isBuiltIn("BLK_DEV_INITRD")).isTrue();
        assertThat(config.text()).doesNotContain("# CONFIG_KGDB is not set");
    }

    @Test
    void theFirstErrorIsTheMessage() {
        assertThatThrownBy(() -> build("defconfig", "yes"))
                .isInstanceOf(ImageException.class)
                .hasMessageContainingAll("make bzImage", "init/main.c:1:1: error: no such thing", "kdive-build.log");
    }

    @ParameterizedTest
    @CsvSource({"flex, flex", "bison, bison", "bc, bc", "x86_64-linux-gnu-gcc, gcc-x86-64-linux-gnu", "make, make"})
    void whatTheHostLacksIsNamedWithItsPackage(String program, String packageName) throws IOException {
        Files.delete(programs.resolve(program));
        assertThatThrownBy(() -> build(null, ""))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("missing " + program)
                .hasMessageEndingWith("apt-get install " + packageName);
        assertThat(directory.resolve("said")).doesNotExist();
    }

    @Test
    void libelfAndPaholeAreLookedFor() throws IOException {
        Files.delete(headers.resolve("gelf.h"));
        Files.delete(programs.resolve("pahole"));
        assertThatThrownBy(() -> build(null, "", ConfigFragment.DEBUG))
                .hasMessageContaining("missing libelf, pahole; install with: apt-get install libelf-dev pahole");
    }

    @ParameterizedTest
    @CsvSource({"-f/etc/passwd", "CC=evil", "''"})
    void aConfigurationsNameIsNoOption(String name) {
        assertThatThrownBy(() -> build(name, "")).isInstanceOf(ImageException.class);
        assertThat(directory.resolve("said")).doesNotExist();
    }

    @Test
    void aDirectoryThatIsNoSourceTreeIsRefused() throws IOException {
        Files.delete(source.resolve("Kconfig"));
        assertThatThrownBy(() -> build(null, "")).hasMessageContaining("no kernel source tree");
    }

    @Test
    void everyFragmentIsReadable() {
        for (ConfigFragment fragment : ConfigFragment.values()) {
            assertThat(fragment.options(BuildTarget.X86_64))
                    .isNotEmpty()
                    .allSatisfy((name, value) -> assertThat(name).startsWith("CONFIG_"));
        }
    }

    @ParameterizedTest
    @EnumSource(BuildTarget.class)
    void theTinyFragmentHasTheConsoleOfEveryArchitecture(BuildTarget target) {
        assertThat(ConfigFragment.TINY.options(target).keySet())
                .anyMatch(name -> name.matches("CONFIG_SERIAL_.*_CONSOLE"));
    }

    @Test
    void anOptionThatTheKernelDropsIsTold() throws IOException {
        program("make", MAKE.replace("olddefconfig) ;;", "olddefconfig) echo 'CONFIG_BASE=y' >$output/.config ;;"));
        build(null, "", ConfigFragment.KGDB);
        assertThat(steps)
                .anyMatch(step -> step.startsWith("this kernel does not take") && step.contains("CONFIG_KGDB,"));
    }

    @Test
    void packagesAreCalledAsTheHostCallsThem() throws IOException {
        program("dnf", "#!/bin/sh\n");
        Files.delete(headers.resolve("gelf.h"));
        assertThatThrownBy(() -> build(null, "")).hasMessageEndingWith("dnf install elfutils-libelf-devel");
    }

    @Test
    void aHeaderThatOnlySomeConfigurationsNeedIsNamedWithItsPackage() throws IOException {
        program(
                "make",
                MAKE.replace(
                        "init/main.c:1:1: error: no such thing",
                        "certs/x.c:1:1: fatal error: openssl/bio.h: No such file or directory"));
        assertThatThrownBy(() -> build(null, "yes")).hasMessageEndingWith("apt-get install libssl-dev");
    }

    @ParameterizedTest
    @CsvSource({"amd64, X86_64", "aarch64, ARM64", "armhf, ARM", "riscv64, RISCV", "i386, I386"})
    void architecturesHaveManyNames(String word, BuildTarget target) {
        assertThat(BuildTarget.find(word)).hasValue(target);
    }
}
