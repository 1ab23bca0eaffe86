package org.kdive.gdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.unwind.FrameKind;
import org.kdive.session.Frame;
import org.kdive.session.Running;
import org.kdive.session.Session;
import org.kdive.session.Stop;

/**
 * Backtraces at random moments of a boot and of a busy system, against gdb's from the DWARF tables of the same kernel: every
 * frame that kdive does not mark as a guess has to be gdb's, by its pc and its function. Entry code written in assembly has
 * no DWARF tables, so there gdb is set down anew in the frame behind it, with the registers that kdive found saved.
 *
 * <p>The property {@code kdive.backtraces} says how many stops; 60 if it is not set.
 */
@Timeout(900)
final class BacktracesAgainstGdbIT {
    private static final int STOPS = Integer.getInteger("kdive.backtraces", 60);
    private static final int DEEPEST = 64;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String LOAD =
            "send (while :; do ls -lR / >/dev/null; cat /proc/*/maps /proc/*/stack >/dev/null 2>&1; done) &";
    // gcc's copies of a function: to DWARF they are the function
    private static final Pattern COPY = Pattern.compile("\\.(constprop|isra|part|cold)(\\.\\d+)?");

    private final Random random = new Random(20);
    private final Tally tally = new Tally();
    private final List<String> wrong = new ArrayList<>();

    @ParameterizedTest
    @ValueSource(strings = {"debian", "debian/arm64"})
    void findsTheFramesThatGdbFinds(String kernel) throws IOException {
        DebugVmlinux vmlinux = DebugVmlinux.require(kernel);
        try (Guest guest = Guest.stoppedAt(kernel, "start_kernel");
                StopServer server = StopServer.open(guest.session());
                Gdb gdb = Gdb.start(vmlinux)) {
            gdb.define(GdbFrame.WALK);
            gdb.answer("set backtrace limit " + DEEPEST);
            for (int i = 0; i < STOPS; i++) {
                if (i == STOPS / 2) {
                    makeBusy(guest);
                }
                moveOn(guest.session());
                compare(guest.session(), server, gdb);
            }
        }
        System.out.printf(
                "backtraces of %s: %d stops, %d frames; %s%n", kernel, STOPS, tally.of("frame of both"), tally);
        assertThat(wrong).isEmpty();
        assertThat(tally.of("frame of both")).isGreaterThan(3 * STOPS);
    }

    private static void makeBusy(Guest guest) {
        guest.answer("continue &");
        assertThat(guest.answer("expect console / # within 90s").refused()).isFalse();
        assertThat(guest.answer(LOAD).refused()).isFalse();
        guest.session().call(() -> {
            Running running = guest.session().requireRunning();
            running.interrupt();
            return running.await(PATIENCE).orElseThrow();
        });
    }

    /** Some milliseconds of the guest, then a few instructions: into prologues and epilogues, too. */
    private void moveOn(Session session) {
        session.call(() -> {
            Running running = session.resume();
            Optional<Stop> stop = running.await(Duration.ofMillis(5 + random.nextInt(50)));
            if (stop.isEmpty()) {
                running.interrupt();
                assertThat(running.await(PATIENCE)).isPresent();
            }
            for (int steps = random.nextInt(12); steps > 0; steps--) {
                assertThat(session.stepper().step().await(PATIENCE)).isPresent();
            }
            return true;
        });
    }

    private void compare(Session session, StopServer server, Gdb gdb) {
        List<Frame> ours =
                session.call(() -> session.requireStop().calls(DEEPEST).frames());
        int at = 0;
        while (at < ours.size()) {
            server.standIn(ours.get(at));
            List<GdbFrame> theirs = GdbFrame.all(gdb, server);
            int alike = alike(session, ours.subList(at, ours.size()), theirs);
            tally.count("walk");
            for (int i = 0; i < alike; i++) {
                tally.count("frame of both");
            }
            int next = at + alike;
            if (next == ours.size()) {
                judgeTheEnd(theirs, alike);
                return;
            }
            Optional<String> excuse = alike == 0 ? Optional.empty() : excuse(ours.get(next), theirs, alike);
            if (excuse.isEmpty()) {
                wrong.add("%s%n  kdive: %s%n  gdb:   %s".formatted(at, names(session, ours), theirs));
                return;
            }
            tally.count(excuse.get());
            if (ours.get(next).kind() == FrameKind.USER || ours.get(next).kind() == FrameKind.SYSCALL) {
                return; // user code has no tables here
            }
            at = next;
        }
    }

    private int alike(Session session, List<Frame> ours, List<GdbFrame> theirs) {
        int i = 0;
        while (i < ours.size()
                && i < theirs.size()
                && ours.get(i).pc() == theirs.get(i).pc()
                && isSameFunction(session, ours.get(i), theirs.get(i))) {
            i++;
        }
        return i;
    }

    private boolean isSameFunction(Session session, Frame frame, GdbFrame theirs) {
        String ours = COPY.matcher(name(session, frame)).replaceAll("");
        String other = COPY.matcher(theirs.name()).replaceAll("");
        if (!ours.equals(other)) {
            boolean sameCode = symbol(session, frame).stream()
                    .anyMatch(symbol ->
                            session
                                    .call(() -> session.requireStop()
                                            .program()
                                            .orElseThrow()
                                            .findSymbols(other))
                                    .stream()
                                    .anyMatch(one -> one.address() == symbol.address()));
            boolean weak = ours.equals(other + "_base"); // crc32_be: C's own, whose name arm64's assembly took
            boolean label = ours.replace("_nocheck", "").equals(other); // __put_user_nocheck_8 is one in __put_user_8
            tally.count(sameCode || weak ? "another name of the function" : "a label inside assembly");
            return sameCode || weak || label || !theirs.hasTables();
        }
        return true;
    }

    /** Why kdive may go on otherwise than gdb behind a frame that both found; empty if it may not. */
    private static Optional<String> excuse(Frame ours, List<GdbFrame> theirs, int at) {
        if (ours.kind() == FrameKind.GUESS) {
            return Optional.of("kdive marks a guess");
        }
        if (at < theirs.size()
                && theirs.get(at - 1).hasTables()
                && !theirs.get(at).hasTables()) {
            return Optional.of("gdb leaves the compiler's code: DWARF knows no pushes of inline assembly");
        }
        if (!theirs.get(at - 1).hasTables()) {
            return Optional.of("gdb has no tables for entry code in assembly");
        }
        return at == theirs.size() && !theirs.get(at - 1).end().equals(GdbFrame.GOES_ON)
                ? Optional.of("gdb gives up, kdive goes on: stacks switched by inline assembly")
                : Optional.empty();
    }

    private void judgeTheEnd(List<GdbFrame> theirs, int alike) {
        if (theirs.size() > alike && theirs.get(alike - 1).hasTables()) {
            tally.count("gdb has more behind " + theirs.get(alike - 1).name());
        }
    }

    private static Optional<Symbol> symbol(Session session, Frame frame) {
        return session.call(
                () -> session.requireStop().program().flatMap(program -> program.symbolAt(frame.lookupPc())));
    }

    private static String name(Session session, Frame frame) {
        return symbol(session, frame).map(Symbol::name).orElse("??");
    }

    private static List<String> names(Session session, List<Frame> frames) {
        return frames.stream()
                .map(frame -> "%x %s".formatted(frame.pc(), name(session, frame)))
                .toList();
    }
}
