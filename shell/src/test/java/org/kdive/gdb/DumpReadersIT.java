package org.kdive.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.fetch.Progress;
import org.kdive.session.BootRequest;

/**
 * What {@code dump guest} writes, of a kernel that KASLR has moved, opened by those who read such files: crash, drgn and gdb
 * find in it what kdive sees in the guest.
 *
 * <p>crash 8.0.2 finds no task but the idle one by itself in kernels since 6.5 (and 6.1 of these days), where struct pid ends
 * in a flexible array; through the list of tasks it finds all. Nor does it walk the stack of a task that runs, since it takes
 * the exception stack of machine checks for one of 0 bytes.
 */
@Timeout(300)
final class DumpReadersIT {
    private static final String DRGN = """
            from drgn.helpers.linux.pid import for_each_task
            print("banner 0x%x" % prog.symbol("linux_banner").address)
            print("release", prog["init_uts_ns"].name.release.string_().decode())
            for task in for_each_task(prog):
                print("task", task.pid.value_(), task.comm.string_().decode())
            for frame in prog.stack_trace(2):
                print("frame", frame.name)
            """;
    // address, PID, TGID, PPID, state, CPU, name
    private static final Pattern TASK =
            Pattern.compile("(?m)^[* ] \\S*0x\\w+ +(\\d+) +\\d+ +\\d+ \\w +\\S+ \\[?([^]\\n]*)]?$");
    private static final Pattern FRAME = Pattern.compile("(?m)^#\\d+ +0x\\w+ in (\\w+)");

    @TempDir
    private Path scratch;

    private final DebugVmlinux vmlinux = DebugVmlinux.require();

    /** What kdive said of the guest. */
    private record Seen(String banner, Set<String> tasks, List<String> sleepers, List<String> idles) {
        static Seen of(Guest guest) {
            return new Seen(
                    guest.answer("print/x &linux_banner").text().replaceFirst(".* ", ""),
                    groups(TASK, guest.answer("info tasks").text(), match -> match.group(1) + " " + match.group(2)),
                    List.copyOf(frames(guest.answer("backtrace task 2").text())),
                    List.copyOf(frames(guest.answer("backtrace task 0").text())));
        }

        private static List<String> frames(String text) {
            return FRAME.matcher(text).results().map(match -> match.group(1)).toList();
        }
    }

    private static Set<String> groups(Pattern pattern, String text, Function<MatchResult, String> of) {
        return new TreeSet<>(pattern.matcher(text).results().map(of).toList());
    }

    @Test
    void crashDrgnAndGdbFindInADumpWhatKdiveSees() throws Exception {
        Path elf = scratch.resolve("guest.elf");
        Path kdump = scratch.resolve("guest.kdump");
        Seen seen;
        try (Guest guest = Guest.booted(BootRequest.of("debian").withCpus(1).plan(Progress.silent()))) {
            guest.answer("continue &");
            assertThat(guest.answer("expect console / # within 90s").refused()).isFalse();
            guest.answer("send \"echo bu''sy; while :; do :; done\\n\""); // so that the idle task is one that waits
            guest.answer("expect console busy within 30s");
            guest.answer("interrupt");
            assertThat(guest.answer("info kaslr").text()).containsPattern("slide: 0x[0-9a-f]*[1-9a-f]");
            seen = Seen.of(guest);
            assertThat(guest.answer("dump guest " + elf).refused()).isFalse();
            assertThat(guest.answer("dump guest " + kdump + " --format kdump-zlib")
                            .refused())
                    .isFalse();
        }
        assertThat(seen.tasks()).hasSizeGreaterThan(20);
        drgn(elf, seen);
        drgn(kdump, seen);
        gdb(elf, seen);
        crash(elf, seen);
    }

    private void drgn(Path dump, Seen seen) throws Exception {
        Path script = Files.writeString(scratch.resolve("look.py"), DRGN);
        String said =
                run("drgn", "-q", "-c", dump.toString(), "-s", vmlinux.file().toString(), script.toString());
        assertThat(said).contains("banner " + seen.banner()).contains("release 6.1");
        Set<String> tasks = groups(Pattern.compile("(?m)^task (\\d+ .*)$"), said, match -> match.group(1));
        assertThat(tasks)
                .isSubsetOf(seen.tasks())
                .hasSizeGreaterThan(seen.tasks().size() - 2); // all but the idle task
        assertThat(groups(Pattern.compile("(?m)^frame (\\w+)"), said, match -> match.group(1)))
                .containsAll(seen.sleepers().subList(0, 2));
    }

    private void gdb(Path core, Seen seen) throws Exception {
        assertThat(run("gdb", "-nx", "-batch", "-c", core.toString(), "-ex", "x/s " + seen.banner()))
                .contains("Linux version 6.1");
    }

    private void crash(Path core, Seen seen) throws Exception {
        Path lines = Files.writeString(scratch.resolve("look.crash"), """
                sys
                list task_struct.tasks -s task_struct.comm -h init_task
                set 0
                bt
                quit
                """);
        String said = run("crash", "-s", "-i", lines.toString(), vmlinux.file().toString(), core.toString());
        assertThat(said).containsPattern("RELEASE: 6\\.1").containsPattern("MEMORY: 511");
        assertThat(groups(Pattern.compile("comm = \"([^\"\\\\]*)"), said, match -> match.group(1)))
                .containsAll(seen.tasks().stream()
                        .map(task -> task.replaceFirst("^\\d+ ", ""))
                        .toList());
        List<String> frames = Pattern.compile("(?m)^ #\\d+ \\[\\w+] (\\w+) at")
                .matcher(said)
                .results()
                .map(match -> match.group(1))
                .toList();
        assertThat(frames).isNotEmpty().isEqualTo(seen.idles().subList(0, frames.size()));
    }

    /** On CI a missing program is a failure; elsewhere a reason to skip. */
    private String run(String... command) throws IOException, InterruptedException {
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, command[0])));
        if (System.getenv("CI") != null) {
            assertThat(there).as(command[0] + " on the path").isTrue();
        }
        assumeTrue(there, command[0] + " is not on the path");
        Path said = scratch.resolve("said");
        List<String> words = new ArrayList<>(List.of(command));
        ProcessBuilder builder = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().remove("DEBUGINFOD_URLS");
        builder.environment().put("HOME", scratch.toString());
        Process process = builder.start();
        try {
            assertThat(process.waitFor(200, TimeUnit.SECONDS))
                    .as(command[0] + " ends")
                    .isTrue();
        } finally {
            process.destroyForcibly();
        }
        return Files.readString(said, StandardCharsets.ISO_8859_1);
    }
}
