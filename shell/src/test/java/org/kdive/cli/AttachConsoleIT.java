package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.machine.SerialFirmware;

/** {@code attach --console} at each of the things that QEMU makes of a serial line. The guest gives every byte back. */
@Timeout(120)
final class AttachConsoleIT {
    @TempDir
    private Path machine;

    @TempDir
    private Path directory;

    private final List<Process> started = new ArrayList<>();

    private void boot(String serial) throws Exception {
        Path firmware = SerialFirmware.echo(machine.resolve("firmware"), "hello there\n");
        started.add(new ProcessBuilder(List.of(
                        "qemu-system-x86_64",
                        "-display",
                        "none",
                        "-nodefaults",
                        "-S",
                        "-bios",
                        firmware.toString(),
                        "-serial",
                        serial,
                        "-gdb",
                        "unix:" + machine.resolve("gdb") + ",server=on,wait=off",
                        "-qmp",
                        "unix:" + machine.resolve("qmp") + ",server=on,wait=off"))
                .redirectErrorStream(true)
                .redirectOutput(machine.resolve("talk").toFile())
                .start());
        Awaitility.await("the stub").until(() -> Files.exists(machine.resolve("gdb")));
    }

    @AfterEach
    void endIt() {
        started.forEach(Process::destroyForcibly);
    }

    private KdiveProcess attach(String console) throws Exception {
        return KdiveProcess.start(directory, "attach", "--gdb", "unix:" + machine.resolve("gdb"), "--console", console);
    }

    private void assertConverses(String console) throws Exception {
        try (KdiveProcess kdive = attach(console)) {
            kdive.type("""
                    continue &
                    expect console hello there within 20s
                    send "ping\\n"
                    expect console ping within 20s
                    console tail
                    console list
                    quit
                    """);
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.out()).contains("hello there\nping\n").containsPattern("\\* 0 +console +17 +/");
        }
    }

    @Test
    void aSocketIsHeardAndSpokenTo() throws Exception {
        boot("unix:" + machine.resolve("line") + ",server=on,wait=off");
        assertConverses("unix:" + machine.resolve("line"));
    }

    @Test
    void aTerminalIsHeardAndSpokenTo() throws Exception {
        boot("pty");
        Matcher pty = Pattern.compile("redirected to (/dev/\\S+)").matcher("");
        Awaitility.await("its pty")
                .until(() ->
                        pty.reset(Files.readString(machine.resolve("talk"))).find());
        assertConverses(pty.group(1));
    }

    @Test
    void aFileIsHeardAsItGrows() throws Exception {
        boot("file:" + machine.resolve("line"));
        try (KdiveProcess kdive = attach(machine.resolve("line").toString())) {
            kdive.type("continue &\nexpect console hello there within 20s\nconsole tail\nquit\n");
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
            assertThat(kdive.out()).contains("hello there");
            assertThat(kdive.err()).contains("the console is a file: it is shown and searched");
        }
    }

    @Test
    void whatIsNoConsoleIsOneLine() throws Exception {
        boot("null");
        for (String wrong :
                List.of(machine.resolve("nosuch").toString(), machine.toString(), "/dev/nosuch", "/dev/null")) {
            try (KdiveProcess kdive = attach(wrong)) {
                assertThat(kdive.end()).as(wrong).isEqualTo(2);
                assertThat(kdive.err()).contains("console").contains(wrong).hasLineCount(1);
            }
        }
    }

    @Test
    void aBreakIsSentByTheQemuAtTheOtherEndOrRefusedInOneLine() throws Exception {
        String line = "unix:" + machine.resolve("line");
        boot(line + ",server=on,wait=off");
        try (KdiveProcess kdive = attach(line)) {
            kdive.type("continue &\nexpect console hello there within 20s\nsysrq h\ndetach\nquit\n");
            kdive.end();
            assertThat(kdive.err()).contains("BREAK: only the QEMU at the other end can send one");
        }
        try (KdiveProcess kdive = KdiveProcess.start(
                directory,
                "attach",
                "--gdb",
                "unix:" + machine.resolve("gdb"),
                "--qmp",
                "unix:" + machine.resolve("qmp"),
                "--console",
                line)) {
            kdive.type("continue &\nsysrq h\nexpect console h within 20s\nquit 3\n");
            assertThat(kdive.end()).isEqualTo(3);
            assertThat(kdive.err()).doesNotContain("BREAK", "did not say");
        }
    }
}
