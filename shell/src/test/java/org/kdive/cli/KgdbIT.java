package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.RunDirectory;
import org.kdive.session.BootRequest;

/** KGDB on the serial line that is the console as well, of a kernel built with it, two CPUs. */
@Timeout(300)
final class KgdbIT {
    @TempDir
    private Path machine;

    @TempDir
    private Path directory;

    private static Path kernel() {
        Optional<Path> found = Stream.iterate(Path.of("").toAbsolutePath(), d -> d != null, Path::getParent)
                .map(up -> up.resolve("shared").resolve("kernels").resolve("bzImage-6.1-kgdb"))
                .filter(Files::isReadable)
                .findFirst();
        if (System.getenv("CI") != null) {
            assertThat(found).isPresent();
        }
        assumeTrue(found.isPresent(), "no shared/kernels/bzImage-6.1-kgdb beside the checkout");
        return found.orElseThrow();
    }

    private Process boot(Path kernel) throws Exception {
        List<String> ours =
                BootRequest.of("debian").plan(Progress.silent()).spec().commandLine(RunDirectory.imagined());
        List<String> line = List.of(
                "qemu-system-x86_64",
                "-display",
                "none",
                "-nodefaults",
                "-m",
                "256",
                "-smp",
                "2",
                "-kernel",
                kernel.toString(),
                "-initrd",
                ours.get(ours.indexOf("-initrd") + 1),
                "-append",
                "console=ttyS0 kgdboc=ttyS0",
                "-chardev",
                "socket,id=line,path=" + machine.resolve("line") + ",server=on,wait=off,logfile="
                        + machine.resolve("log"),
                "-serial",
                "chardev:line",
                "-qmp",
                "unix:" + machine.resolve("qmp") + ",server=on,wait=off");
        Process qemu = new ProcessBuilder(line)
                .redirectErrorStream(true)
                .redirectOutput(machine.resolve("talk").toFile())
                .start();
        Awaitility.await("the guest's shell")
                .atMost(Duration.ofMinutes(2))
                .until(() -> Files.exists(machine.resolve("log"))
                        && Files.readString(machine.resolve("log")).contains("Hello Linux"));
        return qemu;
    }

    private KdiveProcess attach(Path kernel) throws Exception {
        return KdiveProcess.start(
                directory,
                "attach",
                "--kgdb",
                "unix:" + machine.resolve("line"),
                "--qmp",
                "unix:" + machine.resolve("qmp"),
                "--kernel",
                kernel.toString());
    }

    @Test
    void debugsAKernelOverItsConsoleAndLeavesItRunning() throws Exception {
        Path kernel = kernel();
        Process qemu = boot(kernel);
        try {
            try (KdiveProcess kdive = attach(kernel)) {
                kdive.type("""
                        backtrace
                        info kaslr
                        info threads
                        break do_idle
                        continue
                        expect stop do_idle
                        stepi
                        print $pc == (unsigned long)&do_idle + 1 || $pc == (unsigned long)&do_idle + 2
                        x/2xb do_idle
                        delete
                        continue &
                        send "echo al''ive $((6*7))\\n"
                        expect console "alive 42" within 20s
                        interrupt
                        print $rip == 0
                        quit
                        """);
                assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
                assertThat(kdive.out())
                        .contains("in kgdb_breakpoint", "(init", "(kthreadd", "(shadowCPU1)")
                        .contains("in do_idle ()", "$1 = 1", "<do_idle>:", "$2 = 0");
            }
            // it runs on: the next to come finds it at its console, and not where it was left
            try (KdiveProcess kdive = attach(kernel)) {
                kdive.type("continue &\nsend \"echo ag''ain\\n\"\nexpect console again within 20s\nquit\n");
                assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            }
            assertThat(qemu.isAlive()).isTrue();
        } finally {
            qemu.destroyForcibly();
        }
    }
}
