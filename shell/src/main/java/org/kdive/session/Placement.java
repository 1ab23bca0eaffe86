package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.session.expression.Value;

/** Sets breakpoints: where they are, whether their conditions make sense, and what a watched place holds. Session thread. */
final class Placement {
    private static final Pattern NAME = Pattern.compile("(?<![\\w$])[A-Za-z_]");

    private final Target target;
    private final Breakpoints breakpoints;
    private final Locations locations;
    private final SlideSearch slide;
    private final Notices notices;

    Placement(Target target, Breakpoints breakpoints, Locations locations, SlideSearch slide, Notices notices) {
        this.target = target;
        this.breakpoints = breakpoints;
        this.locations = locations;
        this.slide = slide;
        this.notices = notices;
    }

    /** Throws NoSymbol and Usage. Pending when the kernel has not chosen its place yet. */
    Breakpoint set(BreakpointSpec spec, ThreadId thread) {
        MonitorAccess.requireStub(target);
        checkThread(spec.thread());
        List<Long> addresses = addresses(spec, thread);
        check(spec.condition(), thread);
        if (spec.role() instanceof Role.Prints prints) {
            prints.printf().expressions().forEach(expression -> check(expression, thread));
        }
        return breakpoints.add(spec, addresses);
    }

    /** @param wanted its location is the expression; its length and role are worked out here */
    Breakpoint watch(BreakpointSpec wanted, OptionalLong lengthBytes, ThreadId thread) {
        MonitorAccess.requireStub(target);
        String expression = wanted.location();
        Value value = target.expression(expression).evaluate(target.scope(thread));
        WatchedRange range = WatchedRange.of(expression, value, lengthBytes, target.types());
        checkThread(wanted.thread());
        check(wanted.condition(), thread);
        boolean placed = wanted.role() instanceof Role.Watches watches && watches.placed();
        BreakpointSpec spec = wanted.withRole(new Role.Watches(range.type(), lengthBytes.isPresent(), placed, null))
                .withLength(range.lengthBytes());
        List<Long> addresses = isPlaced(expression) ? List.of(range.address()) : List.of();
        return look(breakpoints.add(spec, addresses));
    }

    // what a watchpoint is to be held against
    private Breakpoint look(Breakpoint watchpoint) {
        if (watchpoint.isPending()) {
            return watchpoint;
        }
        Role.Watches watches = (Role.Watches) watchpoint.spec().role();
        Value seen =
                new WatchedValues(target).read(watchpoint, target.firstThread()).orElse(null);
        Breakpoint looked = watchpoint.withSpec(watchpoint.spec().withRole(watches.withSeen(seen)));
        breakpoints.note(looked);
        return looked;
    }

    void condition(int number, @Nullable String expression, ThreadId thread) {
        breakpoints.require(number);
        check(expression, thread);
        breakpoints.condition(number, expression);
    }

    private void checkThread(int number) {
        if (number != 0 && target.threads().stream().noneMatch(known -> known.thread() == number)) {
            throw new SessionException(
                    "Unknown thread %d.".formatted(number), new SessionFailure.Usage("info threads"));
        }
    }

    // names too: a mistyped one is told now, and not at the first hit
    private void check(@Nullable String condition, ThreadId thread) {
        if (condition != null) {
            var unused = target.expression(condition).type(target.scope(thread));
        }
    }

    // names of the kernel mean nothing before it has chosen its place
    private boolean isPlaced(String expression) {
        return slide.isSettled()
                || !target.hasKernel()
                || !NAME.matcher(expression).find();
    }

    private List<Long> addresses(BreakpointSpec spec, ThreadId thread) {
        List<Long> named = named(spec, thread);
        return target.initMemory().isFreed() && !spec.location().startsWith("*")
                ? named.stream()
                        .filter(address -> !target.initMemory().holds(address))
                        .toList()
                : named;
    }

    private List<Long> named(BreakpointSpec spec, ThreadId thread) {
        return spec.role() instanceof Role.Catches catches
                ? caught(catches.event(), thread)
                : locations.resolve(spec.location(), thread);
    }

    private List<Long> caught(Catch event, ThreadId thread) {
        List<Long> addresses = new ArrayList<>();
        List<List<String>> groups = event.functions(target.architecture());
        for (List<String> group : groups) {
            group.stream()
                    .filter(name -> target.requireProgram().findSymbol(name).isPresent())
                    .findFirst()
                    .ifPresent(name -> addresses.addAll(locations.resolve(name, thread)));
        }
        boolean none = groups.stream()
                .flatMap(List::stream)
                .noneMatch(name -> target.requireProgram().findSymbol(name).isPresent());
        if (none) {
            throw new SessionException(
                    "catch %s: this kernel has no %s"
                            .formatted(
                                    event.words(),
                                    groups.isEmpty()
                                            ? "function known for it"
                                            : groups.get(0).get(0)),
                    new SessionFailure.Unsupported("catch " + event.words()));
        }
        addresses.addAll(event.learned());
        return addresses;
    }

    /** The kernel frees its init memory: what stands in it goes. */
    void initMemoryFreed() {
        for (Breakpoint breakpoint : breakpoints.all()) {
            if (target.initMemory().isInside(breakpoint) && breakpoint.enabled()) {
                notices.notice(
                        "breakpoint %d (%s) retired: the kernel frees its init memory; a reset brings it back",
                        breakpoint.number(), breakpoint.location());
            }
        }
        modulesChanged();
    }

    /** Symbols moved, or are unknown again. */
    void symbolsMoved() {
        target.initMemory().look(slide.isSettled());
        breakpoints.all().forEach(breakpoint -> {
            if (breakpoint.spec().role() instanceof Role.Catches catches) {
                catches.event().forget();
            }
        });
        breakpoints.resolveAgain(this::resolveQuietly);
    }

    /** Modules came or went; what is watched stays where it is. */
    void modulesChanged() {
        breakpoints.resolveAgain(
                breakpoint -> breakpoint.isWatchpoint() ? breakpoint.addresses() : resolveQuietly(breakpoint));
    }

    /** For what was set before: what it named may be gone, and then it is pending. */
    private List<Long> resolveQuietly(Breakpoint breakpoint) {
        try {
            if (breakpoint.isWatchpoint()) {
                return watched(breakpoint);
            }
            return isOfTheMachine(breakpoint)
                    ? breakpoint.addresses()
                    : addresses(breakpoint.spec(), target.firstThread());
        } catch (RuntimeException e) {
            return List.of();
        }
    }

    // a place in the machine, not in the kernel: what *$pc was when it was typed
    private static boolean isOfTheMachine(Breakpoint breakpoint) {
        String location = breakpoint.location();
        boolean isExpression = breakpoint.isWatchpoint() || location.startsWith("*");
        return isExpression
                && (location.contains("$") || !NAME.matcher(location).find());
    }

    private List<Long> watched(Breakpoint watchpoint) {
        String expression = watchpoint.location();
        if (isOfTheMachine(watchpoint)) {
            return watchpoint.addresses();
        }
        if (!isPlaced(expression)) {
            return List.of();
        }
        Value value = target.expression(expression).evaluate(target.scope(target.firstThread()));
        return List.of(WatchedRange.of(expression, value, OptionalLong.empty(), target.types())
                .address());
    }
}
