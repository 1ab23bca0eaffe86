package org.kdive.images.initramfs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;

/** What a program of this machine needs, as its own dynamic linker sees it. */
final class ProgramClosureTest {
    private static final Path PROGRAM = Path.of("/bin/ls");

    @TempDir
    private Path directory;

    @BeforeAll
    static void needsADynamicProgram() throws IOException {
        boolean here = System.getProperty("os.arch").equals("amd64") && Files.isReadable(PROGRAM);
        assumeTrue(here, "no /bin/ls for x86-64 on this host");
    }

    private static FileTree closure(Path program) {
        return ProgramClosure.ofHost(Architecture.X86_64).tree(program, "opt/program");
    }

    @Test
    void findsWhatTheLinkerFinds() throws IOException, InterruptedException {
        Process ldd = new ProcessBuilder("ldd", PROGRAM.toString()).start();
        String output = new String(ldd.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(ldd.waitFor()).isZero();

        FileTree tree = closure(PROGRAM);

        Matcher library = Pattern.compile("(\\S+) => (/\\S+)").matcher(output);
        int count = 0;
        while (library.find()) {
            Entry.RegularFile file = (Entry.RegularFile) tree.entries().stream()
                    .filter(entry -> entry.path().endsWith("/" + library.group(1)))
                    .findFirst()
                    .orElseThrow();
            assertThat(file.content().toArray()).isEqualTo(Files.readAllBytes(Path.of(library.group(2))));
            count++;
        }
        assertThat(count).isPositive();
        assertThat(new ArchiveEditor(tree)
                        .file("/lib64/ld-linux-x86-64.so.2")
                        .content()
                        .sizeBytes())
                .isPositive();
        assertThat(tree.require("opt/program").attributes().permissions()).isEqualTo(0755);
    }

    @Test
    void whatIsNoProgramNeedsNothing() throws IOException {
        Path script = Files.writeString(directory.resolve("script"), "#!/bin/sh\n");

        assertThat(closure(script).entries()).extracting(Entry::path).containsExactly("opt", "opt/program");
    }

    @Test
    void aProgramForAnotherProcessorIsRefused() {
        assertThatThrownBy(() -> ProgramClosure.ofHost(Architecture.ARM64).tree(PROGRAM, "x"))
                .isInstanceOf(ImageException.class)
                .hasMessage("/bin/ls: unsupported: a program for x86_64 in a root for arm64");
    }

    @Test
    void aLibraryThatIsNowhereIsNamed() {
        assertThatThrownBy(() ->
                        ProgramClosure.ofSysroot(Architecture.X86_64, directory).tree(PROGRAM, "x"))
                .isInstanceOf(ImageException.class)
                .hasMessageEndingWith(
                        "/bin/ls: needs /lib64/ld-linux-x86-64.so.2, which is for x86_64 nowhere in " + directory);
    }

    @Test
    void aDamagedProgramIsAnErrorAtWorst() throws IOException {
        byte[] whole = Files.readAllBytes(PROGRAM);
        SplittableRandom random = new SplittableRandom(20261120);
        for (int round = 0; round < 300; round++) {
            byte[] bad = whole.clone();
            for (int flips = 0; flips < 4; flips++) {
                bad[random.nextInt(1024)] ^= (byte) (1 << random.nextInt(8));
            }
            Path program = Files.write(directory.resolve("bad"), bad);
            try {
                assertThat(closure(program).entries()).isNotEmpty();
            } catch (ImageException e) {
                assertThat(e.getMessage()).contains("bad");
            }
        }
    }
}
