package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.Architecture;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.initramfs.BusyboxRoot;
import org.kdive.images.initramfs.Compression;
import org.kdive.images.initramfs.InitramfsWriter;
import org.kdive.session.BootRequest;
import org.kdive.session.Breakpoint;
import org.kdive.session.BreakpointSpec;
import org.kdive.session.Cause;
import org.kdive.session.Running;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.Stop;

/** What kdive says of a stock kernel's tasks, log and modules, held against what the guest says itself. */
@Timeout(240)
final class KernelVerbsIT {
    private static final int MOST_REPEATS = 5;
    private static final Duration PATIENCE = Duration.ofSeconds(90);

    @TempDir
    Path scratch;

    private final Session session = Session.open();
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);

    @Test
    void tasksLogAndCommandLineAreTheGuestsOwn() {
        try (session) {
            boot(2, null);
            stopAt("console_init");
            // before any console exists
            assertThat(answer("dmesg")).contains("] Linux version ").contains("] Command line: ");
            assertThat(answer("dmesg 1").lines()).hasSize(1);
            assertThat(answer("info tasks").lines()).hasSize(2); // the head, and swapper

            String console = toShell();
            assertThat(answer("lx-cmdline").strip()).isEqualTo(inLog(answer("lx-dmesg"), "Command line: (.*)"));
            assertThat(answer("info version")).startsWith("Linux version ").contains("\nup ");
            holdLogAgainst(console);

            Set<String> ps = typedTwice("ps -o pid,ppid,comm", told -> processes(told, "^ *(\\d+) +(\\d+) (\\S+)"));
            String tasks = answer("info tasks");
            assertThat(processes(tasks, "^[* ] 0x\\w+ +(\\d+) +\\d+ +(\\d+) . +\\d+ \\[?([^\\]\\n]+)"))
                    .containsAll(ps)
                    .hasSizeGreaterThan(20);
            assertThat(tasks.lines().filter(line -> line.startsWith("* 0x"))).hasSize(2);
            assertThat(answer("bt task kthreadd"))
                    .contains("PID 2 (kthreadd), state S")
                    .contains("in schedule+")
                    .contains("in ret_from_fork")
                    .doesNotContain("lost");
            assertThat(answer("thread apply all bt")).contains("Thread 1 (").contains("Thread 2 (");
            assertThat(answer("info percpu cpu_number")).contains("CPU 0").contains(": 0x1\n");
        }
    }

    @Test
    void breakpointsFollowAModuleAsItComesAndGoes() {
        try (session) {
            boot(1, moduleRoot("dummy", "loop"));
            Breakpoint pending =
                    session.call(() -> session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, "dummy:dummy_setup")));
            assertThat(pending.isPending()).isTrue();
            assertThat(answer("info breakpoints"))
                    .endsWith("\nUnder TCG: pending 1 (the kernel has not chosen its place yet)\n");

            Stop stop = resume();
            assertThat(stop.cause()).isEqualTo(new Cause.BreakpointHit(List.of(pending.number()), false));
            assertThat(answer("info breakpoints")).endsWith("\nUnder TCG: software 1\n");
            String calls = answer("backtrace");
            assertThat(calls)
                    .contains(" in dummy_setup ()")
                    .contains(" in do_init_module+")
                    .contains("system call>");
            assertThat(calls).doesNotContain("?? ()\n").doesNotContain("lost");
            assertThat(answer("x/i $pc")).contains("<dummy_setup+0>");

            toShell();
            Set<String> inGuest = typedTwice(
                    "cat /proc/modules",
                    told -> modules(
                            told.replaceAll("(?m)^(\\w+) (\\d+) (\\d+) \\S+ \\w+ 0x(\\w+).*", "$1 $4 $2 $3"),
                            "^(\\w+) (\\w+) (\\d+) (\\d+)"));
            assertThat(modules(answer("info modules"), "^(\\w+) +0x(\\w+) +(\\d+) +(\\d+) Live"))
                    .isEqualTo(inGuest)
                    .isNotEmpty();

            // only the module has it, in BTF that goes on where the kernel's ends
            assertThat(answer("ptype struct loop_device")).contains("struct gendisk *lo_disk;");
            assertThat(answer("info types ^struct loop_dev")).contains("struct loop_device;");
            typed("rmmod loop");
            assertThatThrownBy(() -> answer("ptype struct loop_device")).hasMessageContaining("No struct type named");

            typed("rmmod dummy");
            assertThat(session.call(() ->
                            session.breakpoints().require(pending.number()).isPending()))
                    .isTrue();
            assertThat(answer("info breakpoints")).endsWith("\nUnder TCG: pending 1 (the module is not loaded)\n");
            assertThat(answer("info modules")).doesNotContain("dummy");

            send("insmod /lib/modules/kdive/*dummy*.ko");
            assertThat(resume().cause()).isInstanceOf(Cause.BreakpointHit.class);
            assertThatThrownBy(() -> answer("break dummy:dummy_stup"))
                    .isInstanceOf(SessionException.class)
                    .hasMessageContaining("did you mean dummy_setup");
        }
    }

    private void boot(int cpus, @Nullable Path initrd) {
        BootRequest request = BootRequest.of("debian")
                .withInitrd(initrd == null ? null : initrd.toString())
                .withCpus(cpus);
        session.call(() -> session.boot(request.plan(Progress.silent())));
    }

    private Path moduleRoot(String... wanted) {
        KernelFetcher fetcher = KernelFetcher.ofUser();
        FetchedKernel kernel = fetcher.fetch(KernelName.parse("debian"), Progress.silent());
        List<Path> modules = fetcher.modules(kernel, List.of(wanted), Progress.silent());
        Path busybox = BusyboxFetcher.ofUser().fetch(Architecture.X86_64, Progress.silent());
        Path root = scratch.resolve("root.cpio");
        new InitramfsWriter(Compression.NONE).write(BusyboxRoot.tree(busybox, modules), root);
        return root;
    }

    private void stopAt(String function) {
        int number = session.call(() -> session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, function)))
                .number();
        resume();
        session.call(() -> {
            session.breakpoints().delete(number);
            return true;
        });
    }

    private Stop resume() {
        return session.call(() -> session.resume().await(PATIENCE)).orElseThrow();
    }

    /** Runs on until the console says it, stops the guest, and gives all that the console said. */
    private String runUntilItSays(String pattern) {
        session.call(() -> {
            session.resume();
            return session.expectations().console(Pattern.compile(pattern), PATIENCE);
        });
        session.interrupt();
        session.call(() -> session.state() instanceof Running running ? running.await(PATIENCE) : Optional.empty());
        return session.call(() -> new String(session.console().history(), StandardCharsets.UTF_8))
                .replace("\r", "");
    }

    private String toShell() {
        return runUntilItSays("Hello Linux[^#]*# ");
    }

    private void send(String line) {
        session.call(() -> {
            session.console().send((line + "\n").getBytes(StandardCharsets.UTF_8));
            return true;
        });
    }

    private String typed(String line) {
        send(line + "; echo do''ne");
        String all = runUntilItSays("\ndone");
        return all.substring(all.lastIndexOf("do''ne"));
    }

    // QEMU 7.2 gives a character up when its serial line's reader is not there four times in a row: what was said in
    // the
    // same words twice running has lost none
    private Set<String> typedTwice(String line, Function<String, Set<String>> rows) {
        Set<String> before = rows.apply(typed(line));
        for (int i = 0; i < MOST_REPEATS; i++) {
            Set<String> now = rows.apply(typed(line));
            if (now.equals(before)) {
                return now;
            }
            before = now;
        }
        throw new AssertionError(line + " never said the same twice running, at last " + before);
    }

    private String answer(String line) {
        RecordingOutput output = new RecordingOutput();
        interpreter.execute(line, output);
        return output.answer();
    }

    private static String inLog(String console, String pattern) {
        return Pattern.compile(pattern)
                .matcher(console)
                .results()
                .findFirst()
                .orElseThrow()
                .group(1);
    }

    /** What the kernel wrote to its console is in the ring, but for the lines that lost a character on the serial line. */
    private void holdLogAgainst(String console) {
        List<String> said = console.lines()
                .map(String::stripTrailing)
                .filter(line -> line.matches("\\[ *\\d+\\.\\d{6}\\] .*"))
                .toList();
        Set<String> log = answer("lx-dmesg").lines().map(String::stripTrailing).collect(Collectors.toSet());
        List<String> inBoth = said.stream().filter(log::contains).toList();
        assertThat(inBoth).hasSizeGreaterThan(200).hasSizeGreaterThan(said.size() * 3 / 4);
    }

    private static Set<String> processes(String table, String pattern) {
        return rows(table, pattern).stream()
                .filter(row -> !row.contains("kworker") && !row.endsWith(" ps"))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static Set<String> modules(String table, String pattern) {
        return rows(table, pattern);
    }

    private static Set<String> rows(String table, String pattern) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(table)
                .results()
                .map(KernelVerbsIT::row)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String row(MatchResult match) {
        StringBuilder row = new StringBuilder();
        for (int i = 1; i <= match.groupCount(); i++) {
            row.append(i == 1 ? "" : " ").append(match.group(i));
        }
        return row.toString();
    }
}
