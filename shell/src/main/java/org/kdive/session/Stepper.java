package org.kdive.session;

import java.util.List;
import java.util.regex.Pattern;
import org.kdive.images.arch.Instruction;
import org.kdive.images.arch.Syntax;

/** The short runs: one instruction, over a call, out of a function, up to a place. Each returns at once; await brings the stop. */
public final class Stepper {
    // x86; arm64 with its signed forms; arm with a condition and a width; riscv
    private static final Pattern CALLS = Pattern.compile("l?callq?|blr(aaz?|abz?)?"
            + "|blx?(eq|ne|hs|cs|lo|cc|mi|pl|vs|vc|hi|ls|ge|lt|gt|le)?(\\.w)?"
            + "|(c\\.)?jalr?");

    private final RunControl control;
    private final Target target;
    private final Locations locations;

    Stepper(RunControl control, Target target, Locations locations) {
        this.control = control;
        this.target = target;
        this.locations = locations;
    }

    /** One instruction, with interrupts held back as QEMU does by default. */
    public Running step() {
        return control.resume(Goal.step("stepi", control.requireStop()));
    }

    /** One instruction; a call is run to its return, a repeated string instruction to its end. */
    public Running next() {
        Stop stop = control.requireStop();
        List<Instruction> code = new Code(target, stop.thread(), Syntax.INTEL).at(stop.pc(), 1);
        if (code.isEmpty() || !runsAway(code.get(0))) {
            return control.resume(Goal.step("nexti", stop));
        }
        long sp = stop.registers().sp();
        // a recursive call comes by here too, deeper in the stack
        return control.resume(Goal.until(
                "nexti", List.of(code.get(0).next()), registers -> Long.compareUnsigned(registers.sp(), sp) >= 0));
    }

    private static boolean runsAway(Instruction instruction) {
        String mnemonic = instruction.mnemonic();
        return CALLS.matcher(mnemonic).matches() || mnemonic.startsWith("rep");
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
        long sp = stop.frame().sp();
        return control.resume(Goal.until(
                "finish",
                List.of(frames.get(level + 1).pc()),
                registers -> Long.compareUnsigned(registers.sp(), sp) >= 0));
    }

    /** To a place, or any of them when the location has several; user breakpoints on the way stop as always. */
    public Running until(String command, String location) {
        Stop stop = control.requireStop();
        List<Long> addresses = locations.resolve(location, stop.thread());
        if (addresses.isEmpty()) {
            throw new SessionException(
                    "%s: the kernel has not chosen its place yet; break %s holds already".formatted(command, location),
                    new SessionFailure.Unsupported(location));
        }
        return control.resume(Goal.until(command, addresses, registers -> true));
    }
}
