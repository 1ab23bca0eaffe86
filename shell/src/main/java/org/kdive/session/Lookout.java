package org.kdive.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Resume;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.session.expression.Value;

/**
 * Runs a stretch of a replay once, forwards, and notes all that a run backwards would stop at: each stop's condition is asked
 * there and then, when memory is what it was. Session thread.
 */
final class Lookout {
    /** Sightings in one stretch; beyond that the earliest are of no use, and memory is finite. */
    private static final int MOST = 1_000_000;

    private final Target target;
    private final RunControl control;
    private final Breakpoints breakpoints;
    private final Travel travel;
    private final Goal goal;
    private final @Nullable Breakpoint watch; // what a command watches itself; null: nothing
    private final List<Sighting> sightings = new ArrayList<>();
    private final Map<Integer, Optional<Value>> seen = new HashMap<>(); // what watched places held last

    /**
     * @param goal what a command looks for beside the user's breakpoints
     * @param watch what it watches instead of all the others; null: nothing
     */
    Lookout(
            Target target,
            RunControl control,
            Breakpoints breakpoints,
            Travel travel,
            Goal goal,
            @Nullable Breakpoint watch) {
        this.target = target;
        this.control = control;
        this.breakpoints = breakpoints;
        this.travel = travel;
        this.goal = goal;
        this.watch = watch;
    }

    /** From where the guest stands to that instruction, which is not looked at any more. In the order of their happening. */
    List<Sighting> until(long end) {
        sightings.clear();
        seen.clear();
        ThreadId first = target.firstThread();
        watched().forEach(one -> seen.put(one.number(), read(one, first)));
        control.planting().plantOnly(List.copyOf(wanted()));
        boolean watches = !watched().isEmpty();
        boolean standsAtOne = false;
        while (!travel.isAt(end)) {
            ThreadId thread = target.firstThread();
            Resume how = standsAtOne ? Resume.stepThenContinue(thread) : Resume.continueAll();
            StopReply reply = travel.forward(end, how, !watches);
            if (Replies.watched(reply).isPresent()) {
                touched(reply);
            }
            // also where it was halted for something else: the stub has not told of a breakpoint there, and will not
            standsAtOne = reached(travel.thread(reply), end);
        }
        lastWrite(end);
        if (watches && !target.stopsBeforeAccess()) {
            forgetAccess();
        }
        return List.copyOf(sightings);
    }

    /**
     * QEMU 7.2 remembers a watched access until it has told of it, and of one by the very last instruction it does not tell: it
     * says that it has been halted. The next access, a page away even, would end it ("Raised interrupt while not in I/O
     * function"). The end of a step is when it tells.
     */
    private void forgetAccess() {
        var unused = travel.run(Resume.step(target.firstThread()));
    }

    private Set<Stoppoint> wanted() {
        Set<Stoppoint> wanted = new LinkedHashSet<>(goal.stoppoints());
        if (watch != null) {
            wanted.add(new Stoppoint(
                    watch.spec().kind(), watch.addresses().get(0), watch.spec().lengthBytes()));
        } else {
            wanted.addAll(breakpoints.stoppoints());
        }
        return wanted;
    }

    private List<Breakpoint> watched() {
        return watch != null
                ? List.of(watch)
                : breakpoints.all().stream()
                        .filter(one -> one.enabled() && one.isWatchpoint() && !one.isPending())
                        .toList();
    }

    private Optional<Value> read(Breakpoint watchpoint, ThreadId thread) {
        return new WatchedValues(target).read(watchpoint, thread);
    }

    /** A place is come to; true when it has to be left by a step. */
    private boolean reached(ThreadId thread, long end) {
        RegisterFile registers = target.registers(thread);
        long now = target.recorded().now();
        if (now < end) {
            if (watch == null) {
                breakpoints.at(registers.pc()).forEach(one -> sight(one, thread, now));
            }
            if (goal.isAt(registers.pc()) && goal.reached().test(registers)) {
                note(Sighting.at(now, Sighting.OWN, ""));
            }
        }
        return control.planting().isAt(registers.pc());
    }

    private void sight(Breakpoint breakpoint, ThreadId thread, long now) {
        String said = "";
        if (breakpoint.spec().role() instanceof Role.Catches catches) {
            Optional<String> told = tell(catches, thread);
            if (told.isEmpty()) {
                return;
            }
            said = told.get();
        }
        if (isMeant(breakpoint, thread)) {
            note(Sighting.at(now, breakpoint.number(), said));
        }
    }

    private Optional<String> tell(Role.Catches catches, ThreadId thread) {
        try {
            return catches.event().tell(new Caught(target, thread));
        } catch (RuntimeException e) {
            return Optional.of(String.valueOf(e.getMessage())); // it did happen
        }
    }

    private boolean isMeant(Breakpoint breakpoint, ThreadId thread) {
        int wanted = breakpoint.spec().thread();
        return (wanted == 0 || wanted == thread.thread())
                && breakpoint.findCondition().map(text -> holds(text, thread)).orElse(true);
    }

    private boolean holds(String condition, ThreadId thread) {
        try {
            return target.expression(condition).isTrue(target.scope(thread));
        } catch (RuntimeException e) {
            return true; // as going forwards: one that cannot be evaluated stops
        }
    }

    /** Watched memory was accessed, or is about to be: x86 tells afterwards, the others before. */
    private void touched(StopReply reply) {
        ThreadId thread = travel.thread(reply);
        long address = Replies.watched(reply).orElseThrow();
        long at = target.recorded().now();
        if (target.stopsBeforeAccess()) {
            control.planting().removeWatchpoints();
            travel.run(Resume.step(thread));
            control.planting().plantOnly(List.copyOf(wanted()));
        } else {
            at--;
        }
        List<Breakpoint> touched = watch != null ? List.of(watch) : breakpoints.watching(address);
        for (Breakpoint one : touched) {
            access(one, thread, at, Replies.access(reply));
        }
    }

    private void access(Breakpoint one, ThreadId thread, long at, Stoppoint.Kind reported) {
        Optional<Value> before = seen.getOrDefault(one.number(), Optional.empty());
        Optional<Value> after = read(one, thread);
        seen.put(one.number(), after);
        var change = new Cause.Watched(one.number(), one.spec().kind(), one.location(), before, after);
        boolean meant = one.number() == Sighting.OWN
                || switch (one.spec().kind()) {
                    case WRITE -> change.isChanged();
                    case READ ->
                        reported == Stoppoint.Kind.READ || reported == Stoppoint.Kind.ACCESS && !change.isChanged();
                    case ACCESS, SOFTWARE, HARDWARE -> true;
                };
        if (meant && isMeant(one, thread)) {
            note(new Sighting(at, one.number(), "", before, after));
        }
    }

    // what the very last instruction wrote may be told as the end of the stretch
    private void lastWrite(long end) {
        ThreadId thread = target.firstThread();
        for (Breakpoint one : watched()) {
            Optional<Value> before = seen.getOrDefault(one.number(), Optional.empty());
            Optional<Value> after = read(one, thread);
            boolean changed =
                    new Cause.Watched(one.number(), one.spec().kind(), one.location(), before, after).isChanged();
            boolean told =
                    !sightings.isEmpty() && sightings.get(sightings.size() - 1).instruction() == end - 1;
            if (before.isPresent() && after.isPresent() && changed && !told && isMeant(one, thread)) {
                note(new Sighting(end - 1, one.number(), "", before, after));
            }
        }
    }

    private void note(Sighting sighting) {
        if (sightings.size() >= MOST) {
            sightings.subList(0, MOST / 2).clear();
        }
        sightings.add(sighting);
    }
}
