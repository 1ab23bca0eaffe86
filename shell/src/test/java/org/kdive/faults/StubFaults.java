package org.kdive.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.kdive.machine.Machine;
import org.kdive.session.AttachPlan;

/**
 * A gdb stub that misbehaves at a random moment of a whole session: each line ends by its deadline, in one line or in an answer
 * that is right, which QEMU's monitor decides. QEMU itself is well all the while, and the next session finds it so.
 */
final class StubFaults implements AutoCloseable {
    private static final int MOST_DELAY_MICROS = 60_000;
    private static final int LINES_AFTERWARDS = 4;

    /** What the stub does. */
    enum Fault {
        STALLS,
        STALLS_FOR_GOOD,
        ANSWERS_LATE,
        FLOODS,
        TALKS_NONSENSE,
        SPOILS_AN_ANSWER,
        CUTS_AN_ANSWER_SHORT,
        HANGS_UP
    }

    // most often what is quickly done: one that never answers again costs a deadline
    private static final List<Fault> ROUND = List.of(
            Fault.STALLS,
            Fault.ANSWERS_LATE,
            Fault.FLOODS,
            Fault.TALKS_NONSENSE,
            Fault.SPOILS_AN_ANSWER,
            Fault.CUTS_AN_ANSWER_SHORT,
            Fault.HANGS_UP,
            Fault.SPOILS_AN_ANSWER,
            Fault.TALKS_NONSENSE,
            Fault.STALLS,
            Fault.FLOODS,
            Fault.ANSWERS_LATE,
            Fault.STALLS_FOR_GOOD);
    private static final List<String> LOOKING =
            List.of("info registers", "x/16xg 0xfff00", "info threads", "print $pc", "x/4i 0xffff0");
    private static final List<String> MOVING =
            List.of("stepi", "break *0xfff0", "stepi 3", "delete", "continue &", "interrupt");

    private final Path directory;
    private final SplittableRandom random;
    private final Machine machine;
    private final Meddler meddler;
    private final Map<Fault, Integer> complained = new EnumMap<>(Fault.class);
    private int done;
    private int right;
    private Duration longest = Duration.ZERO;

    StubFaults(Path directory, long seed) throws IOException {
        this.directory = directory;
        this.random = new SplittableRandom(seed);
        String monitor = "unix:" + directory.resolve("monitor") + ",server=on,wait=off";
        this.machine = Machine.boot(Rig.small().extra(List.of("-qmp", monitor)).build(), Rig.SOON);
        this.meddler = new Meddler(directory.resolve("stub"), machine.gdb());
    }

    void rounds(int count) throws Exception {
        for (int i = 0; i < count; i++) {
            Fault fault = ROUND.get(done++ % ROUND.size());
            try {
                round(fault);
            } catch (RuntimeException | AssertionError e) {
                throw new AssertionError("round %d, the stub %s: %s".formatted(done, fault, e.getMessage()), e);
            }
        }
    }

    /** How many lines were right, and how many complained of what. */
    String told() {
        return "%d answers were right; complaints: %s; the slowest line took %d ms"
                .formatted(right, complained, longest.toMillis());
    }

    private AttachPlan plan() {
        return AttachPlan.stub(
                meddler.address(),
                AttachPlan.endpoint("--qmp", "unix:" + directory.resolve("monitor")),
                false,
                Optional::empty);
    }

    private void round(Fault fault) throws Exception {
        meddler.delay(Duration.ZERO);
        meddler.spoil(bytes -> bytes);
        try (Rig rig = new Rig()) {
            rig.attach(plan()).ifPresent(why -> {
                throw new AssertionError("a stub that is well: " + why);
            });
            rig.tell("stepi"); // the slowest is the first
            long due = System.nanoTime() + TimeUnit.MICROSECONDS.toNanos(random.nextInt(MOST_DELAY_MICROS));
            boolean moves = random.nextBoolean();
            Runnable undo = null;
            for (int i = 0, after = 0; after < LINES_AFTERWARDS && rig.ended.isEmpty(); i++) {
                if (undo == null && System.nanoTime() >= due) {
                    undo = begin(fault);
                }
                after += undo == null ? 0 : 1;
                List<String> lines = moves && i % 2 == 0 ? MOVING : LOOKING;
                say(rig, fault, lines.get(i / 2 % lines.size()));
            }
            if (undo != null) {
                undo.run();
            }
        }
        requireWell();
    }

    private void say(Rig rig, Fault fault, String line) {
        Rig.Said said = rig.say(line, Rig.SOON.plusSeconds(5)); // the stub's deadline, and a busy host's while
        longest = longest.compareTo(said.took()) > 0 ? longest : said.took();
        if (!said.isFine()) {
            said.require();
            complained.merge(fault, 1, Integer::sum);
        } else if (line.equals("info registers")) {
            requireRight(said.answer());
        } else if (line.equals("x/16xg 0xfff00")) {
            requireSame(words(said.answer()), words(monitor("xp /16xg 0xfff00")));
        }
    }

    // the addresses before the colons are spelt in two ways
    private static List<String> words(String dump) {
        return dump.lines()
                .flatMap(line -> List.of(line.replaceFirst(".*?:", "").strip().split("\\s+")).stream())
                .toList();
    }

    private void requireRight(String answer) {
        String truth = monitor("info registers");
        for (String name : List.of("rip", "rax", "rdx", "rsp")) {
            String shown = answer.replaceFirst("(?s).*\\b" + name + "\\s+0x([0-9a-f]+)\\b.*", "$1");
            String wide = "0".repeat(Math.max(0, 8 - shown.length())) + shown;
            if (!truth.contains("E" + name.substring(1).toUpperCase(java.util.Locale.ROOT) + "=" + wide)
                    && !truth.contains("R" + name.substring(1).toUpperCase(java.util.Locale.ROOT) + "=" + wide)) {
                throw new AssertionError("%s is shown as %s, and QEMU says%n%s".formatted(name, shown, truth));
            }
        }
        right++;
    }

    private void requireSame(List<String> shown, List<String> truth) {
        if (!shown.equals(truth)) {
            throw new AssertionError("memory is shown as%n%s%nand QEMU says%n%s".formatted(shown, truth));
        }
        right++;
    }

    private String monitor(String line) {
        return machine.qmp()
                .call("human-monitor-command", Map.of("command-line", line))
                .text();
    }

    /** What ends it again. */
    private Runnable begin(Fault fault) throws IOException {
        switch (fault) {
            case STALLS -> {
                stall(TimeUnit.MILLISECONDS.toNanos(5 + random.nextInt(700)));
            }
            case STALLS_FOR_GOOD -> {
                return stall(Rig.SOON.multipliedBy(6).toNanos());
            }
            case ANSWERS_LATE -> {
                meddler.delay(Duration.ofMillis(1 + random.nextInt(80)));
            }
            case FLOODS -> meddler.inject(flood());
            case TALKS_NONSENSE -> meddler.inject(nonsense(1 + random.nextInt(2000)));
            case SPOILS_AN_ANSWER -> meddler.spoil(this::spoilt);
            case CUTS_AN_ANSWER_SHORT ->
                meddler.spoil(said -> java.util.Arrays.copyOf(said, random.nextInt(Math.max(1, said.length))));
            case HANGS_UP -> meddler.cut();
        }
        return () -> meddler.delay(Duration.ZERO);
    }

    private Runnable stall(long nanos) {
        Thread holder = new Thread(
                () -> {
                    ReentrantLock lock = meddler.stall();
                    LockSupport.parkNanos(nanos);
                    lock.unlock();
                },
                "stall");
        holder.setDaemon(true);
        holder.start();
        return () -> LockSupport.unpark(holder);
    }

    // acknowledgements, which nobody wants any more, and notices that nobody has asked for
    private byte[] flood() {
        String[] pieces = {"+", "-", "%Stop:T05thread:p01.01;#00", "%Nonsense:1#00", "+++++++", "%"};
        StringBuilder flood = new StringBuilder();
        while (flood.length() < 1 << 20) {
            flood.append(pieces[random.nextInt(pieces.length)]);
        }
        return flood.toString().getBytes(ISO_8859_1);
    }

    private byte[] nonsense(int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    // one byte, so that no sum comes out right
    private byte[] spoilt(byte[] said) {
        if (said.length > 0) {
            said[random.nextInt(said.length)] ^= (byte) (1 << random.nextInt(7));
        }
        return said;
    }

    private void requireWell() {
        machine.qmp().call("query-status", Map.of());
    }

    @Override
    public void close() throws IOException {
        meddler.close();
        machine.close();
    }
}
