package org.kdive.images.unwind;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;

/** 32-bit Arm kernels, by their unwind index. Exact at calls; in a function's first few instructions it may err. */
public final class EhabiUnwinder implements Unwinder {
    private static final List<String> NAMES =
            List.of("r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc");
    private static final int FP = 11;
    private static final int MOST_STACKS = 8;

    private final ExidxTable table;
    private final Memory memory;

    /** @param memory run-time virtual; the table's addresses are the running kernel's, which is where it is linked */
    public EhabiUnwinder(ExidxTable table, Memory memory) {
        this.table = table;
        this.memory = memory;
    }

    @Override
    public Backtrace unwind(RegisterValues registers, int limit) {
        OptionalLong state = registers.find("cpsr");
        boolean isUser = state.isPresent() && (state.getAsLong() & 15) == 0; // usr, 26- or 32-bit
        return walk(registers, isUser, true, limit);
    }

    @Override
    public Backtrace unwindSleeping(RegisterValues registers, int limit) {
        return walk(registers, false, false, limit);
    }

    private Backtrace walk(RegisterValues given, boolean isUser, boolean startsExact, int limit) {
        EhabiFrame frame = start(given);
        List<StackFrame> frames = new ArrayList<>();
        frames.add(shown(frame, isUser ? FrameKind.USER : FrameKind.NORMAL, startsExact));
        if (isUser) {
            return new Backtrace(frames, Backtrace.End.USER, "");
        }
        boolean isExact = startsExact;
        int stacks = 0;
        while (frames.size() < limit) {
            long pc = frame.pc();
            long sp = frame.sp();
            Optional<Backtrace> ended = step(frame, isExact, frames);
            if (ended.isPresent()) {
                return ended.get();
            }
            boolean isMoving = frame.sp() > sp || (frame.sp() == sp && frame.pc() != pc && isExact);
            if (!isMoving && ++stacks > MOST_STACKS) {
                return new Backtrace(frames, Backtrace.End.LOST, "the stack does not move on");
            }
            isExact = frame.wasInterrupted();
            frames.add(shown(frame, isExact ? FrameKind.INTERRUPT : FrameKind.NORMAL, isExact));
        }
        return new Backtrace(frames, Backtrace.End.LIMIT, "");
    }

    private Optional<Backtrace> step(EhabiFrame frame, boolean isExact, List<StackFrame> frames) {
        long pc = frame.pc();
        try {
            Optional<ExidxTable.Found> found = table.find(isExact ? pc : pc - 1);
            if (found.isEmpty()) {
                return lost(frames, "no unwind table covers 0x%x".formatted(pc));
            }
            Optional<byte[]> code = found.get().instructions();
            if (code.isEmpty()) {
                return Optional.of(new Backtrace(frames, Backtrace.End.COMPLETE, ""));
            }
            if (isExact && pc == found.get().function()) {
                frame.returnThroughLink();
                return Optional.empty();
            }
            return frame.run(code.get())
                    ? Optional.empty()
                    : lost(frames, "the unwind table of 0x%x makes no sense".formatted(pc));
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault) {
                return lost(frames, "cannot read the stack at 0x%x".formatted(frame.sp()));
            }
            if (e.failure() instanceof ImageFailure.Malformed) {
                return lost(frames, e.getMessage() == null ? "" : e.getMessage());
            }
            throw e;
        }
    }

    private static Optional<Backtrace> lost(List<StackFrame> frames, String reason) {
        return Optional.of(new Backtrace(frames, Backtrace.End.LOST, reason));
    }

    private EhabiFrame start(RegisterValues given) {
        long[] values = new long[16];
        int known = 0;
        for (int i = 0; i < 16; i++) {
            OptionalLong value = given.find(NAMES.get(i));
            values[i] = value.orElse(0) & 0xffff_ffffL;
            known |= value.isPresent() ? 1 << i : 0;
        }
        return new EhabiFrame(memory, values, known);
    }

    private static StackFrame shown(EhabiFrame frame, FrameKind kind, boolean isExact) {
        Map<String, Long> registers = new HashMap<>();
        for (int i = 0; i < 16; i++) {
            if (frame.knows(i) || i == 13 || i == 15) {
                registers.put(NAMES.get(i), frame.register(i));
            }
        }
        OptionalLong fp = frame.knows(FP) ? OptionalLong.of(frame.register(FP)) : OptionalLong.empty();
        return new StackFrame(frame.pc(), frame.sp(), fp, kind, isExact, registers);
    }
}
