package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Stubs that are not QEMU's, each as far as it speaks: registers, memory, stepping, a breakpoint, Ctrl-C, leaving. */
@Timeout(120)
final class OtherStubsIT {
    private static final String[] BUSY = {"/bin/sh", "-c", "while :; do :; done"};

    private final List<Process> started = new ArrayList<>();

    @TempDir
    private Path directory;

    @AfterEach
    void end() {
        for (Process process : started) {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }

    private Path start(String log, List<String> words) throws IOException {
        boolean isThere = Stream.of(System.getenv("PATH").split(":"))
                .anyMatch(path -> Files.isExecutable(Path.of(path, words.get(0))));
        if (System.getenv("CI") == null) {
            assumeTrue(isThere, words.get(0) + " is not installed");
        }
        assertThat(isThere).as(words.get(0) + " is installed").isTrue();
        Path file = directory.resolve(log);
        started.add(new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(file.toFile())
                .start());
        return file;
    }

    private static String await(Path log, Pattern pattern) {
        Matcher[] found = new Matcher[1];
        Awaitility.await(pattern.pattern()).atMost(Duration.ofSeconds(30)).until(() -> {
            found[0] = pattern.matcher(Files.readString(log));
            return found[0].find();
        });
        return found[0].group(1);
    }

    /** What every stub of a program must do. Stops wherever the interrupt comes. */
    private void assertDebugs(String endpoint, String setting) throws Exception {
        try (KdiveProcess kdive = KdiveProcess.start(directory, "attach", "--gdb", endpoint)) {
            kdive.type("""
                    set context off
                    continue &
                    echo runs\\n
                    """);
            kdive.awaitOut("runs\n");
            kdive.type("""
                    interrupt
                    set $there = $pc
                    print $rsp > 0x1000
                    x/2i $pc
                    x/gx $sp
                    info threads
                    stepi
                    print $pc != $there
                    break *$there
                    info breakpoints
                    continue
                    print $pc == $there
                    print *(char *)0
                    %s
                    delete
                    continue &
                    interrupt
                    info registers rip
                    detach
                    """.formatted(setting));
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isEqualTo(2); // of print *(char *)0
            assertThat(kdive.out())
                    .contains("Interrupted\n", "$1 = 1", "=> 0x", "$2 = 1", "Under this stub: software 1", "$3 = 1")
                    .contains("Breakpoint 1, ", "$4 = 1")
                    .containsPattern("\\* \\d+ +Thread ")
                    .containsPattern("rip +0x");
            assertThat(kdive.err())
                    .contains("Cannot access memory at address 0x0")
                    .hasLineCount(1);
        }
    }

    @Test
    void debugsAProgramOfGdbserver() throws Exception {
        List<String> words = new ArrayList<>(List.of("gdbserver", "--once", "localhost:0"));
        words.addAll(List.of(BUSY));
        Path log = start("gdbserver", words);
        String port = await(log, Pattern.compile("Listening on port (\\d+)"));
        assertDebugs("localhost:" + port, "set $r15 = 77\nprint $r15 == 77");
        assertThat(started.get(0).descendants()).as("the program runs on").isNotEmpty();
    }

    @Test
    void debugsAProgramInValgrind() throws Exception {
        String prefix = "--vgdb-prefix=" + directory.resolve("vgdb");
        List<String> words =
                new ArrayList<>(List.of("valgrind", "--tool=none", "--vgdb=full", "--vgdb-error=0", prefix));
        words.addAll(List.of(BUSY));
        Path log = start("valgrind", words);
        String pid = await(log, Pattern.compile("--pid=(\\d+)"));
        int port;
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        Path relay = start("vgdb", List.of("vgdb", prefix, "--pid=" + pid, "--port=" + port));
        await(relay, Pattern.compile("(listening) on port"));
        assertDebugs("localhost:" + port, "set $r15 = 77\nprint $r15 == 77");
    }

    @Test
    void debugsATargetWithoutThreadsAsOpenOcdDoes() throws Exception {
        try (OpenOcdPeer peer = new OpenOcdPeer();
                KdiveProcess kdive = KdiveProcess.start(directory, "attach", "--gdb", peer.endpoint())) {
            kdive.type("""
                    print/x $r0
                    print/x $pc
                    x/2i $pc
                    info threads
                    stepi
                    print/x $pc
                    set $r3 = 0x55
                    print/x $r3
                    hbreak *0x08000010
                    continue
                    print/x $pc
                    delete
                    continue &
                    interrupt
                    x/hx 0x20000000
                    monitor reset halt
                    detach
                    """);
            assertThat(kdive.end()).as(kdive.err() + kdive.out()).isEqualTo(2);
            assertThat(kdive.out())
                    .contains(
                            "$1 = 0x1234",
                            "$2 = 0x8000000",
                            "=> 0x8000000:\tnop",
                            "0x8000002:\tnop",
                            "$3 = 0x8000002",
                            "$4 = 0x55")
                    .contains("* 1    Thread 1  ", "$5 = 0x8000010", "Interrupted");
            assertThat(kdive.err())
                    .contains("cannot access memory at 0x20000000")
                    .contains("monitor reset halt: the stub does not support packet qRcmd");
            assertThat(peer.heard())
                    .contains("s", "c", "^C", "D", "Z1,8000010,2", "z1,8000010,2")
                    .doesNotContain("vCont;c", "vCont;s:1");
        }
    }
}
