package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.kdive.images.arch.Instruction;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.unwind.FrameKind;

/** The short runs: one instruction, over a call, out of a function, up to a place. Each returns at once; await brings the stop. */
public final class Stepper {
    private static final long LARGEST_STACK_BYTES = 64 << 10; // THREAD_SIZE is 32 KiB at most, with KASAN

    private final RunControl control;
    private final Target target;
    private final Branches branches;
    private final Locations locations;

    Stepper(RunControl control, Target target, Locations locations) {
        this.control = control;
        this.target = target;
        this.branches = new Branches(target);
        this.locations = locations;
    }

    /** One instruction. */
    public Running step() {
        return control.resume(Goal.step("stepi", control.requireStop()));
    }

    /** One instruction; a call is run to its return, a repeated string instruction to its end. */
    public Running next() {
        return next("nexti");
    }

    private Running next(String command) {
        Stop stop = control.requireStop();
        Optional<Instruction> here = branches.here(stop);
        if (here.isEmpty() || !Branches.runsAway(here.get())) {
            return control.resume(Goal.step(command, stop));
        }
        // a recursive call comes by here too, deeper in the stack
        return control.resume(Goal.until(
                command, List.of(here.get().next()), onStack(stop.registers().sp())));
    }

    /** The same, but at a jump that goes back the loop is run to its end, or to the return of this function. */
    public Running nextForwards() {
        Stop stop = control.requireStop();
        Optional<Instruction> here = branches.here(stop);
        if (here.isEmpty() || !Branches.jumpsBack(here.get())) {
            return next("until");
        }
        long sp = stop.registers().sp();
        List<Long> places = new ArrayList<>(branches.exits(stop, here.get()));
        caller(stop).ifPresent(frame -> places.add(frame.pc()));
        return control.resume(Goal.until("until", places, onStack(sp)));
    }

    // whose task went to another CPU meanwhile is there on the same stack
    private static Predicate<RegisterFile> onStack(long sp) {
        return registers -> Long.compareUnsigned(registers.sp() - sp, LARGEST_STACK_BYTES) < 0;
    }

    /** To the return of the selected frame's function, past all that it calls. */
    public Running finish() {
        Stop stop = control.requireStop();
        int level = stop.frame().level();
        List<Frame> frames = stop.calls(level + 2).frames();
        if (frames.size() < level + 2) {
            throw new SessionException(
                    "finish: the caller of this function is not known", new SessionFailure.Unsupported("finish"));
        }
        return control.resume(Goal.until(
                "finish",
                List.of(frames.get(level + 1).pc()),
                onStack(stop.frame().sp())));
    }

    /** Who called the selected frame's function, if that is certain. */
    private static Optional<Frame> caller(Stop stop) {
        int level = stop.frame().level();
        return stop.calls(level + 2).frames().stream()
                .skip(level + 1L)
                .filter(frame -> frame.kind() != FrameKind.GUESS)
                .findFirst();
    }

    /**
     * To a place, or any of them when the location has several, or to the return of the selected frame; user breakpoints on
     * the way stop as always.
     */
    public Running until(String command, String location) {
        Stop stop = control.requireStop();
        List<Long> addresses = placed(command, location, stop);
        Optional<Frame> caller = caller(stop);
        Predicate<RegisterFile> returned = onStack(stop.frame().sp());
        List<Long> places = new ArrayList<>(addresses);
        caller.ifPresent(frame -> places.add(frame.pc()));
        return control.resume(Goal.until(
                command, places, registers -> addresses.contains(registers.pc()) || returned.test(registers)));
    }

    private List<Long> placed(String command, String location, Stop stop) {
        List<Long> addresses = locations.resolve(location, stop.thread());
        if (addresses.isEmpty()) {
            throw new SessionException(
                    "%s: the kernel has not chosen its place yet; break %s holds already".formatted(command, location),
                    new SessionFailure.Unsupported(location));
        }
        return addresses;
    }

    /**
     * Runs on from another place; a breakpoint there stops at once. Throws Usage where no code is.
     *
     * @param told the place, before the guest runs
     */
    public Running jump(String location, Consumer<String> told) {
        target.recorded().requireChangeable("jump");
        Stop stop = control.requireStop();
        List<Long> addresses = placed("jump", location, stop);
        if (addresses.size() > 1) {
            throw new SessionException(
                    "jump %s: it is at %d places; jump *ADDRESS takes one".formatted(location, addresses.size()),
                    new SessionFailure.Usage("jump LOCATION"));
        }
        requireCode(stop, location, addresses.get(0));
        told.accept(stop.describe(addresses.get(0)));
        return control.resumeAt(addresses.get(0));
    }

    private void requireCode(Stop stop, String location, long address) {
        Optional<Symbol> symbol = stop.program().flatMap(program -> program.symbolAt(address));
        boolean isData = symbol.isPresent() && !symbol.get().isText();
        if (isData || !branches.isInstruction(stop, address)) {
            throw new SessionException(
                    "jump %s: no code at %s; set $pc = 0x%x and continue if that is meant"
                            .formatted(location, stop.describe(address), address),
                    new SessionFailure.Usage("jump LOCATION"));
        }
    }
}
