package org.kdive.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.kdive.command.Complaint;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineException;
import org.kdive.machine.MachineSpec;
import org.kdive.machine.Recording;
import org.kdive.session.SessionState;

/** QEMU is killed at a random moment of something; what is said then is one line, true, soon and once. */
final class QemuKills implements AutoCloseable {
    private static final String KILLED = "QEMU was killed by signal 9";
    private static final Duration NOTICED = Duration.ofSeconds(20); // from the first line on, on a busy host

    /** What goes on; {@code first} is said before, {@code lines} until QEMU is dead, which is within {@code spanMicros}. */
    enum Moment {
        STOPPED(5_000, "", "print $pc"),
        RUNNING(150_000, "", "continue"),
        REPLYING(60_000, "", "info registers; x/64gx 0xfff00; monitor info mtree; qmp query-status; info threads"),
        STEPPING(80_000, "", "stepi 1000"),
        SAVING(120_000, "", "checkpoint; stepi"),
        SAVING_WHILE_IT_RUNS(160_000, "continue &", "checkpoint"),
        REWINDING(120_000, "checkpoint a; stepi 3", "rewind a; stepi"),
        DELETING(80_000, "", "checkpoint a; checkpoint delete a"),
        DUMPING(200_000, "", "dump guest %s/core"),
        DUMPING_MEMORY(100_000, "", "dump memory %s/memory 0 +0x1000000"),
        RECORDING(200_000, "", "continue"),
        BREAKING(100_000, "", "break *0xfff0; reset; delete"),
        BOOTING(120_000, "", ""),
        CLOSING(30_000, "continue &", "");

        private final int spanMicros;
        private final String first;
        private final String lines;

        Moment(int spanMicros, String first, String lines) {
            this.spanMicros = spanMicros;
            this.first = first;
            this.lines = lines;
        }

        private static List<String> split(String lines) {
            return lines.isEmpty() ? List.of() : List.of(lines.split("; ", -1));
        }
    }

    private final Path directory;
    private final SplittableRandom random;
    private final ScheduledExecutorService killer = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "killer");
        thread.setDaemon(true);
        return thread;
    });
    private final Map<Moment, Integer> cut = new EnumMap<>(Moment.class);
    private int done;
    private Duration longest = Duration.ZERO;

    QemuKills(Path directory, long seed) {
        this.directory = directory;
        this.random = new SplittableRandom(seed);
    }

    /** Each moment in turn. */
    void rounds(int count) throws IOException {
        for (int i = 0; i < count; i++) {
            round(Moment.values()[done++ % Moment.values().length]);
        }
    }

    /** In how many rounds of each kind a line was cut short, and how long the slowest complaint took. */
    String told() {
        return "cut short: %s; the slowest line after a kill took %d ms".formatted(cut, longest.toMillis());
    }

    void round(Moment moment) throws IOException {
        long delay = random.nextLong(moment.spanMicros);
        String name = "%s, killed after %d us".formatted(moment, delay);
        Path work = Files.createDirectories(directory.resolve("work"));
        try {
            if (moment == Moment.BOOTING) {
                killBooting(delay);
            } else {
                kill(moment, work, delay);
            }
        } catch (RuntimeException | AssertionError e) {
            throw new AssertionError(name + ": " + e.getMessage(), e);
        } finally {
            Rig.remove(work);
        }
    }

    private MachineSpec spec(Moment moment, Path work) {
        MachineSpec plain = Rig.small().build();
        return moment == Moment.RECORDING ? plain.with(Recording.into(work.resolve("run"))) : plain;
    }

    private void kill(Moment moment, Path work, long delay) throws IOException {
        Rig rig = Rig.boot(spec(moment, work));
        Machine machine = rig.machine();
        long pid = machine.pid();
        Path run = machine.runDirectory();
        try (rig) {
            Moment.split(moment.first).forEach(rig::tell);
            var dead = killer.schedule(
                    () -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly),
                    delay,
                    TimeUnit.MICROSECONDS);
            if (moment != Moment.CLOSING) {
                untilItIsDead(moment, rig, work);
                requireTold(rig);
            }
            assert dead != null;
        }
        requireGone(pid, run, work);
        if (moment == Moment.RECORDING) {
            requireReadable(work.resolve("run"));
        }
    }

    private void untilItIsDead(Moment moment, Rig rig, Path work) {
        List<String> lines = Moment.split(moment.lines);
        String expected = "";
        long end = System.nanoTime() + NOTICED.toNanos();
        for (int i = 0; System.nanoTime() < end; i++) {
            String line = lines.get(i % lines.size()).formatted(work);
            Rig.Said said = rig.say(line);
            if (!said.isFine()) {
                requireKilled(said);
                cut.merge(moment, 1, Integer::sum);
                longest = longest.compareTo(said.took()) > 0 ? longest : said.took();
                return;
            }
            if (moment == Moment.STOPPED || i % lines.size() == 0 && moment == Moment.REPLYING) {
                if (!expected.isEmpty() && !expected.equals(said.answer().replaceFirst("^\\$\\d+", ""))) {
                    throw new AssertionError("it was%n%s%nand is%n%s".formatted(expected, said.answer()));
                }
                expected = said.answer().replaceFirst("^\\$\\d+", "");
            }
        }
        throw new AssertionError("it never noticed");
    }

    private static void requireKilled(Rig.Said said) {
        String text = said.require();
        if (!text.contains(KILLED)
                || said.complaint().map(Complaint::exitStatus).orElse(0) != 3) {
            throw new AssertionError("%s: %s".formatted(said.line(), said.complaint()));
        }
    }

    // and from here on, whatever is asked
    private static void requireTold(Rig rig) {
        for (String line :
                List.of("info registers", "continue", "checkpoint", "monitor info version", "info threads")) {
            requireKilled(rig.say(line));
        }
        if (rig.ended.size() != 1 || !rig.ended.get(0).contains(KILLED)) {
            throw new AssertionError("told: " + rig.ended);
        }
        if (!(rig.session.call(rig.session::state) instanceof SessionState.Ended)) {
            throw new AssertionError("not ended");
        }
    }

    private void killBooting(long delay) {
        var kill = killer.schedule(QemuKills::killAnyQemu, delay, TimeUnit.MICROSECONDS);
        try (Rig rig = new Rig()) {
            rig.within(Rig.SOON, "boot", () -> {
                try {
                    rig.session.call(() -> rig.session.boot(Rig.plan(Rig.small().build())));
                } catch (RuntimeException e) {
                    requireKilled(new Rig.Said("boot", "", Optional.of(Complaint.of(e)), Duration.ZERO));
                    cut.merge(Moment.BOOTING, 1, Integer::sum);
                }
                return true;
            });
        } finally {
            if (!kill.cancel(false)) {
                awaitDone(kill); // it may be looking for a QEMU, and must not find the next
            }
        }
    }

    private static void awaitDone(Future<?> kill) {
        try {
            kill.get(10, TimeUnit.SECONDS);
        } catch (InterruptedException | ExecutionException | TimeoutException e) {
            throw new AssertionError("the killer", e);
        }
    }

    // of ours: this process has no other
    private static void killAnyQemu() {
        try (Stream<ProcessHandle> all = ProcessHandle.current().descendants()) {
            all.filter(one -> one.info().command().orElse("").contains("qemu-system"))
                    .forEach(ProcessHandle::destroyForcibly);
        }
    }

    private static void requireGone(long pid, Path run, Path work) throws IOException {
        if (ProcessHandle.of(pid).filter(ProcessHandle::isAlive).isPresent()) {
            throw new AssertionError("QEMU %d lives".formatted(pid));
        }
        if (Files.exists(run)) {
            throw new AssertionError(run + " is left");
        }
        for (String half : List.of("core.partial", "memory.partial")) {
            if (Files.exists(work.resolve(half))) {
                throw new AssertionError("half of a file is left: " + half + ", " + Files.size(work.resolve(half)));
            }
        }
    }

    // one that was cut short is one of some length, or says why it is not
    private static void requireReadable(Path recording) {
        try {
            var unused = Recording.replayed(recording);
        } catch (MachineException e) {
            Complaint complaint = Complaint.of(e);
            if (complaint.bug() || !complaint.text().contains(recording.toString())) {
                throw new AssertionError("replay: " + complaint, e);
            }
        }
    }

    @Override
    public void close() {
        killer.shutdownNow();
    }
}
