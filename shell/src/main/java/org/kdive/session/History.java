package org.kdive.session;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.machine.Machine;
import org.kdive.session.expression.Value;

/**
 * What a replay has behind and before it. Moments are counted in instructions since the recording's beginning. Everything but
 * {@link #now} and {@link #total} throws Unsupported, with the way out, unless this is a replay. Session thread.
 */
public final class History {
    private static final Goal NOTHING = Goal.run();

    private final Target target;
    private final RunControl control;
    private final SlideSearch slide;
    private final Breakpoints breakpoints;
    private final Waypoints waypoints;
    private long furthest; // the last instruction of which the console was heard

    History(Target target, RunControl control, SlideSearch slide, Breakpoints breakpoints) {
        this.target = target;
        this.control = control;
        this.slide = slide;
        this.breakpoints = breakpoints;
        this.waypoints = target.recorded().waypoints();
    }

    /** Where the guest stands; while it is recorded too. Throws Unsupported without a log. */
    public long now(String command) {
        if (!target.recorded().isRecording()) {
            var unused = target.recorded().requireReplay(command);
        }
        return target.recorded().now();
    }

    /** How long the recording is; empty while it is still being made. */
    public OptionalLong total() {
        return target.recorded().isReplay() ? OptionalLong.of(target.recorded().last() + 1) : OptionalLong.empty();
    }

    /** So many instructions back, to the last breakpoint on the way if there is one. */
    public Stop stepBack(int count) {
        return go("reverse-stepi", (travel, now) -> {
            Cause arrived = new Cause.Arrived("reverse-stepi");
            return count == 1 && breakpoints.stoppoints().isEmpty()
                    ? Landing.at(now - 1, arrived)
                    : sought(travel, now, Math.max(0, now - count), NOTHING, arrived);
        });
    }

    /** To the last breakpoint or watched access before this moment; to the beginning if there was none. */
    public Stop continueBack() {
        return go("reverse-continue", (travel, now) -> sought(travel, now, 0, NOTHING, new Cause.NoMoreHistory(false)));
    }

    /** One instruction back; over a call when the last one was a return. */
    public Stop nextBack() {
        var unused = target.recorded().requireReplay("reverse-nexti");
        WayBack way = new WayBack(target, control.requireStop());
        return go("reverse-nexti", (travel, now) -> {
            Cause arrived = new Cause.Arrived("reverse-nexti");
            Landing landing = Landing.at(now, arrived);
            do {
                long from = landing.instruction();
                travel.to(from - 1);
                Optional<Goal> call = way.overCall("reverse-nexti");
                landing = call.isEmpty()
                        ? sought(travel, from, from - 1, NOTHING, arrived)
                        : sought(travel, from, 0, call.get(), arrived);
                // behind an interrupt stands the instruction that it kept waiting: nothing has been undone yet
            } while (way.isOverInterrupt() && landing.cause().equals(arrived) && landing.instruction() > 0);
            return landing;
        });
    }

    /** To the call of the selected frame's function. */
    public Stop finishBack() {
        var unused = target.recorded().requireReplay("reverse-finish");
        Goal call = new WayBack(target, control.requireStop()).toCaller("reverse-finish");
        return go("reverse-finish", (travel, now) -> sought(travel, now, 0, call, new Cause.Arrived("reverse-finish")));
    }

    /** To the moment at which the guest stood in another run of the same recording; what it says on its way was heard. */
    Stop begin(long instruction, SlideSearch.Place place) {
        furthest = instruction;
        Stop stop = goTo(Math.min(instruction, target.recorded().last()));
        if (place.settled() && !slide.isSettled()) {
            slide.restore(place);
        }
        return stop;
    }

    /** To a moment, nothing on the way stopping it. Throws Usage beyond the recording. */
    public Stop goTo(long instruction) {
        return go("goto", (travel, now) -> {
            if (instruction < 0 || instruction > target.recorded().last()) {
                throw new SessionException(
                        "goto %d: the recording is from 0 to %d"
                                .formatted(instruction, target.recorded().last()),
                        new SessionFailure.Usage("goto INSTRUCTION"));
            }
            return Landing.at(instruction, new Cause.Arrived("goto"));
        });
    }

    /**
     * The instruction that wrote last to a place, and what it wrote.
     *
     * @param stop the guest, about to execute it
     * @param before what was there; empty if it could not be read
     * @param from the moment from which it was sought
     */
    public record Writer(
            Stop stop, long instruction, long from, String what, Optional<Value> before, Optional<Value> after) {}

    /** Empty when nothing wrote there since the beginning: the guest is where it was. */
    public Optional<Writer> whoWrote(String expression) {
        var unused = target.recorded().requireReplay("who-wrote");
        Stop from = control.requireStop();
        Breakpoint watch = watch(expression, from.thread());
        Sighting[] found = new Sighting[1];
        long[] origin = new long[1];
        Stop stop = go("who-wrote", (travel, now) -> {
            origin[0] = now;
            Optional<Sighting> last =
                    new Search(travel, NOTHING, watch).last(now, 0).map(all -> all.get(0));
            found[0] = last.orElse(null);
            return Landing.at(last.map(Sighting::instruction).orElse(now), new Cause.Arrived("who-wrote"));
        });
        return Optional.ofNullable(found[0])
                .map(seen -> new Writer(stop, seen.instruction(), origin[0], expression, seen.before(), seen.after()));
    }

    private Breakpoint watch(String expression, ThreadId thread) {
        Value value = target.expression(expression).evaluate(target.scope(thread));
        WatchedRange range = WatchedRange.of(expression, value, OptionalLong.empty(), target.types());
        BreakpointSpec spec = BreakpointSpec.at(Stoppoint.Kind.WRITE, expression)
                .withLength(range.lengthBytes())
                .withRole(new Role.Watches(range.type(), false, true, null));
        return Breakpoint.of(Sighting.OWN, spec, List.of(range.address()));
    }

    // ---- the ways ----

    /** Where a way ends and what is said of it. */
    private record Landing(long instruction, Cause cause, Aftermath aftermath) {
        static Landing at(long instruction, Cause cause) {
            return new Landing(instruction, cause, Aftermath.NONE);
        }
    }

    @FunctionalInterface
    private interface Way {
        Landing find(Travel travel, long now);
    }

    private Stop go(String command, Way way) {
        Machine machine = target.recorded().requireReplay(command);
        Stop stop = control.requireStop();
        long now = target.recorded().stand();
        boolean back = !command.equals("goto");
        if (back && now == 0) {
            throw new SessionException(
                    "%s: the recording begins here".formatted(command), new SessionFailure.Unsupported("the past"));
        }
        boolean heard = back || now < furthest;
        furthest = Math.max(furthest, now);
        Landing landing;
        try (Travel travel = new Travel(target, control, waypoints, machine, heard)) {
            landing = way.find(travel, now);
            travel.to(landing.instruction());
        } catch (SessionException e) {
            if (e.failure() instanceof SessionFailure.Stalled) {
                throw e; // there is nobody left to ask
            }
            if (!(e.failure() instanceof SessionFailure.Interrupted)) {
                var unused = control.stoppedBy(new Cause.StoppedElsewhere("on its way back"), stop.thread());
                throw e;
            }
            landing = Landing.at(now, new Cause.Interrupted()); // wherever that was
        }
        return arrive(stop.thread(), landing);
    }

    private Stop arrive(ThreadId thread, Landing landing) {
        target.stopped();
        slide.tryRunning(thread);
        return control.stoppedBy(landing.cause(), thread, landing.aftermath());
    }

    /** The last that counts between two moments; the earlier one, with that cause, when there is none. */
    private Landing sought(Travel travel, long now, long earliest, Goal goal, Cause otherwise) {
        Optional<List<Sighting>> found =
                breakpoints.stoppoints().isEmpty() && goal.stoppoints().isEmpty()
                        ? Optional.empty()
                        : new Search(travel, goal, null).last(now, earliest);
        return found.map(seen -> landing(seen, otherwise))
                .orElseGet(() ->
                        Landing.at(earliest, goal.stoppoints().isEmpty() ? otherwise : new Cause.NoMoreHistory(false)));
    }

    private Landing landing(List<Sighting> seen, Cause own) {
        List<Breakpoint> stopped = seen.stream()
                .filter(one -> one.number() != Sighting.OWN)
                .map(one -> breakpoints.require(one.number()))
                .toList();
        stopped.forEach(breakpoints::stopped);
        Cause cause = stopped.isEmpty() ? own : cause(seen, stopped);
        return new Landing(seen.get(0).instruction(), cause, Aftermath.of(stopped));
    }

    private static Cause cause(List<Sighting> seen, List<Breakpoint> stopped) {
        Function<Sighting, Breakpoint> of = one -> stopped.stream()
                .filter(b -> b.number() == one.number())
                .findFirst()
                .orElseThrow();
        List<Cause.Watched> watched = seen.stream()
                .filter(one -> one.number() != Sighting.OWN)
                .filter(one -> of.apply(one).isWatchpoint())
                // going back, what was there after the instruction is the old value
                .map(one -> new Cause.Watched(
                        one.number(), of.apply(one).spec().kind(), of.apply(one).location(), one.after(), one.before()))
                .toList();
        if (!watched.isEmpty()) {
            return new Cause.WatchpointHit(watched);
        }
        Breakpoint first = stopped.get(0);
        Optional<String> said = seen.stream()
                .map(Sighting::said)
                .filter(text -> !text.isEmpty())
                .findFirst();
        return said.isPresent()
                ? new Cause.Caught(first.number(), first.temporary(), said.get())
                : new Cause.BreakpointHit(
                        stopped.stream().map(Breakpoint::number).toList(),
                        stopped.stream().anyMatch(Breakpoint::temporary));
    }

    /** Looks through the past, a stretch from one waypoint to the next at a time, the latest first. */
    private final class Search {
        private final Travel travel;
        private final Lookout lookout;

        Search(Travel travel, Goal goal, @Nullable Breakpoint watch) {
            this.travel = travel;
            this.lookout = new Lookout(target, control, breakpoints, travel, goal, watch);
        }

        /** All that counts at the last moment at which something does, from the earliest to before {@code end}. */
        Optional<List<Sighting>> last(long end, long earliest) {
            long before = end;
            while (before > earliest) {
                long waypoint = waypoints.before(before - 1);
                control.planting().plantOnly(List.of());
                travel.load(waypoint);
                if (waypoint < earliest) {
                    travel.to(earliest);
                }
                Optional<List<Sighting>> found = counted(lookout.until(before));
                if (found.isPresent()) {
                    control.planting().plantOnly(List.of());
                    return found;
                }
                before = Math.max(waypoint, earliest);
            }
            control.planting().plantOnly(List.of());
            return Optional.empty();
        }

        private Optional<List<Sighting>> counted(List<Sighting> stretch) {
            int end = stretch.size();
            while (end > 0) {
                int begin = end - 1;
                while (begin > 0
                        && stretch.get(begin - 1).instruction()
                                == stretch.get(begin).instruction()) {
                    begin--;
                }
                List<Sighting> counting = stretch.subList(begin, end).stream()
                        .filter(this::counts)
                        .toList();
                if (!counting.isEmpty()) {
                    return Optional.of(counting);
                }
                end = begin;
            }
            return Optional.empty();
        }

        /** Counts a hit; true when its ignore count lets it stop. */
        private boolean counts(Sighting sighting) {
            if (sighting.number() == Sighting.OWN) {
                return true;
            }
            Optional<Breakpoint> hit = breakpoints.find(sighting.number()).filter(Breakpoint::enabled);
            hit.ifPresent(breakpoints::hit);
            return hit.filter(one -> one.ignores() == 0
                            && !(one.spec().role() instanceof Role.Prints)
                            && !(one.spec().role() instanceof Role.Counts))
                    .isPresent();
        }
    }
}
