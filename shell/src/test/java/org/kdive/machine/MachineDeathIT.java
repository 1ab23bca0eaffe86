package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** However the process that booted a machine ends, QEMU and the run directory go with it. */
@Timeout(120)
final class MachineDeathIT {
    /** Boots, says where, and then ends as it is told, or waits to be ended. */
    static final class Child {
        private Child() {}

        @SuppressWarnings("SystemOut") // its standard output is how it talks to the test
        public static void main(String[] arguments) throws Exception {
            Machine machine = Machine.boot(MachineSpec.builder().build(), Duration.ofSeconds(60));
            System.out.println(machine.pid() + " " + machine.runDirectory());
            switch (arguments[0]) {
                case "exit" -> System.exit(0);
                case "throw" -> throw new IllegalStateException("uncaught, and nobody closed the machine");
                case "halt" -> Runtime.getRuntime().halt(1);
                default -> new java.util.concurrent.CountDownLatch(1).await();
            }
            machine.close();
        }
    }

    private record Victim(Process jvm, long qemu, Path run) {
        static Victim start(String how) throws IOException {
            Process jvm = new ProcessBuilder(
                            // tests in the background or under nohup have these ignored, and would hand that on
                            "/usr/bin/env",
                            "--default-signal=INT,HUP,TERM",
                            Path.of(System.getProperty("java.home"), "bin", "java")
                                    .toString(),
                            "-cp",
                            System.getProperty("java.class.path"),
                            Child.class.getName(),
                            how)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String line =
                    new BufferedReader(new InputStreamReader(jvm.getInputStream(), StandardCharsets.UTF_8)).readLine();
            assertThat(line).as("what the child said").isNotNull();
            int space = line.indexOf(' ');
            return new Victim(jvm, Long.parseLong(line.substring(0, space)), Path.of(line.substring(space + 1)));
        }

        void signal(String name, long pid) throws Exception {
            assertThat(new ProcessBuilder("kill", "-" + name, Long.toString(pid))
                            .start()
                            .waitFor())
                    .isZero();
        }

        void awaitEnd() throws InterruptedException {
            assertThat(jvm.waitFor(20, TimeUnit.SECONDS)).isTrue();
            Qemu.awaitGone(qemu, run);
        }
    }

    @BeforeAll
    static void requireQemu() {
        Qemu.require();
    }

    @ParameterizedTest
    @ValueSource(strings = {"KILL", "TERM", "HUP", "INT", "ABRT"})
    void diesWithAJvmThatIsKilled(String signal) throws Exception {
        Victim victim = Victim.start("wait");
        assertThat(Qemu.isAlive(victim.qemu())).isTrue();
        victim.signal(signal, victim.jvm().pid());
        victim.awaitEnd();
    }

    @ParameterizedTest
    @ValueSource(strings = {"exit", "throw", "halt"})
    void diesWithAJvmThatNeverClosedIt(String how) throws Exception {
        Victim.start(how).awaitEnd();
    }

    @Test
    void diesEvenWhenItHangs() throws Exception {
        Victim victim = Victim.start("wait");
        victim.signal("STOP", victim.qemu());
        victim.signal("KILL", victim.jvm().pid());
        victim.awaitEnd();
    }

    @Test
    void diesWhenItsSupervisorAndTheJvmAreKilledTogether() throws Exception {
        Victim victim = Victim.start("wait");
        long supervisor = ProcessHandle.of(victim.qemu())
                .flatMap(ProcessHandle::parent)
                .orElseThrow()
                .pid();
        new ProcessBuilder(
                        "kill",
                        "-KILL",
                        Long.toString(supervisor),
                        Long.toString(victim.jvm().pid()))
                .start()
                .waitFor();
        victim.awaitEnd();
    }

    @Test
    void diesWhenOnlyItsSupervisorIsKilledAndWeHearOfIt() throws Exception {
        Machine machine = Machine.boot(MachineSpec.builder().build(), Qemu.SOON);
        try (machine) {
            ProcessHandle.of(machine.pid())
                    .flatMap(ProcessHandle::parent)
                    .orElseThrow()
                    .destroyForcibly();
            assertThat(machine.exit().get(10, TimeUnit.SECONDS).signal()).hasValue(9);
        }
        Qemu.awaitGone(machine.pid(), machine.runDirectory());
    }

    @Test
    void isInASessionThatNoTerminalReaches() throws IOException {
        try (Machine machine = Machine.boot(MachineSpec.builder().build(), Qemu.SOON)) {
            List<String> ours = groupAndSession("self");
            List<String> qemus = groupAndSession(Long.toString(machine.pid()));
            assertThat(qemus).doesNotContainAnyElementsOf(ours);
        }
    }

    // proc(5), /proc/pid/stat: after the name in parentheses come state, parent, group, session.
    private static List<String> groupAndSession(String pid) throws IOException {
        String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
        List<String> fields = List.of(stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1));
        return fields.subList(2, 4);
    }
}
