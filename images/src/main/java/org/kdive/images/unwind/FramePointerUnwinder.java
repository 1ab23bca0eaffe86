package org.kdive.images.unwind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;
import org.kdive.images.types.StructType;

/** Kernels that keep frame pointers: all of arm64, most of riscv64, x86-64 where it was built so. */
public final class FramePointerUnwinder implements Unwinder {
    /** A stack may be left for another: interrupts, overflow, exceptions of firmware. */
    private static final int MOST_STACKS = 8;

    private final FrameConvention convention;
    private final Memory memory;
    private final FunctionStarts starts;

    private FramePointerUnwinder(FrameConvention convention, Memory memory, FunctionStarts starts) {
        this.convention = convention;
        this.memory = memory;
        this.starts = starts;
    }

    public static FramePointerUnwinder x86(Memory memory, FunctionStarts starts) {
        return new FramePointerUnwinder(new X86Frames(), memory, starts);
    }

    /**
     * @param addressBits of a kernel address: 64 less TCR_EL1.T1SZ; signatures are cut off above them
     * @param ptRegs the kernel's {@code struct pt_regs}; without it what exceptions cut short is not told from calls
     */
    public static FramePointerUnwinder arm64(
            Memory memory, FunctionStarts starts, int addressBits, Optional<StructType> ptRegs) {
        Optional<Arm64Exceptions> exceptions = ptRegs.flatMap(Arm64Exceptions::of);
        return new FramePointerUnwinder(new Arm64Frames(addressBits, exceptions), memory, starts);
    }

    public static FramePointerUnwinder riscv64(Memory memory, FunctionStarts starts) {
        return new FramePointerUnwinder(new RiscvFrames(), memory, starts);
    }

    @Override
    public Backtrace unwind(RegisterValues registers, int limit) {
        List<StackFrame> frames = new ArrayList<>();
        long pc = registers.orZero(convention.pcName());
        long sp = registers.orZero(convention.spName());
        long fp = registers.orZero(convention.fpName());
        boolean isUser = convention.isUser(registers);
        frames.add(frame(pc, sp, fp, isUser ? FrameKind.USER : FrameKind.NORMAL, true));
        if (isUser) {
            return new Backtrace(frames, Backtrace.End.USER, "");
        }
        Optional<Arm64Exceptions.Cut> cut = entered(registers);
        if (cut.isPresent() && limit > 1) {
            return goOn(cut.get(), frames, limit, 0);
        }
        if (limit > 1) {
            addCallerOfLeaf(registers, pc, sp, fp, frames);
        }
        return chain(frames, fp, limit, 0);
    }

    private Optional<Arm64Exceptions.Cut> entered(RegisterValues registers) {
        try {
            OptionalLong start = starts.find(registers.orZero(convention.pcName()));
            return convention.exceptions().flatMap(all -> all.entered(memory, registers, start));
        } catch (ImageException e) {
            requireFault(e); // no code to look at
            return Optional.empty();
        }
    }

    /** The frame that an exception cut short, and what called it. */
    private Backtrace goOn(Arm64Exceptions.Cut cut, List<StackFrame> frames, int limit, int stacks) {
        long pc = cut.value(convention.pcName());
        long sp = cut.value(convention.spName());
        long fp = cut.value(convention.fpName());
        frames.add(new StackFrame(pc, sp, OptionalLong.of(fp), cut.kind(), true, cut.registers()));
        if (cut.kind() != FrameKind.INTERRUPT) {
            return new Backtrace(frames, Backtrace.End.USER, "");
        }
        if (frames.size() < limit && cut.registers().containsKey(convention.spName())) {
            addCallerOfLeaf(RegisterValues.of(cut.registers()), pc, sp, fp, frames);
        }
        return chain(frames, fp, limit, stacks);
    }

    @Override
    public Backtrace unwindSleeping(RegisterValues registers, int limit) {
        long fp = registers.orZero(convention.fpName());
        List<StackFrame> frames = new ArrayList<>();
        frames.add(frame(
                convention.plain(registers.orZero(convention.pcName())),
                registers.orZero(convention.spName()),
                fp,
                FrameKind.NORMAL,
                false));
        return chain(frames, fp, limit, 0);
    }

    /** The caller of a function that has not made its record yet, or has undone it; it shares the frame pointer. */
    private void addCallerOfLeaf(RegisterValues registers, long pc, long sp, long fp, List<StackFrame> frames) {
        OptionalLong start = starts.find(pc);
        if (start.isEmpty()) {
            addCallerOfNoCode(registers, sp, fp, frames);
            return;
        }
        try {
            byte[] prologue = memory.read(start.getAsLong(), FrameConvention.PROLOGUE_BYTES);
            byte[] next = code(pc);
            switch (convention.leaf(prologue, pc - start.getAsLong(), next)) {
                case FRAMED -> {}
                case LINK -> {
                    long taken = convention.isReturning(next)
                            ? convention.givenBack(next)
                            : takenBefore(pc - start.getAsLong(), prologue);
                    addCaller(convention.link(registers).orElse(0), sp + taken, fp, frames);
                }
                case AT_SP -> addCaller(words(sp).getLong(0), sp + 8, fp, frames);
                case ABOVE_SP -> addCaller(words(sp).getLong(8), sp + 16, fp, frames);
            }
        } catch (ImageException e) {
            requireFault(e); // no code to look at
            addCallerOfNoCode(registers, sp, fp, frames);
        }
    }

    /** What is no code was called, or jumped to: the link register tells where from, unless it is of an earlier call. */
    private void addCallerOfNoCode(RegisterValues registers, long sp, long fp, List<StackFrame> frames) {
        long pc = convention.plain(convention.link(registers).orElse(0));
        if (starts.find(pc - 1).isPresent() && !isRecorded(pc, fp)) {
            StackFrame caller = caller(pc, OptionalLong.of(sp), sp, fp);
            frames.add(new StackFrame(pc, sp, caller.fp(), FrameKind.GUESS, false, caller.registers()));
        }
    }

    private boolean isRecorded(long returnAddress, long fp) {
        try {
            return convention.plain(words(convention.recordAddress(fp)).getLong(8)) == returnAddress;
        } catch (ImageException e) {
            requireFault(e);
            return false;
        }
    }

    /** What comes next; less of it at the end of what is mapped. */
    private byte[] code(long pc) {
        try {
            return memory.read(pc, FrameConvention.EPILOGUE_BYTES);
        } catch (ImageException e) {
            requireFault(e);
            return memory.read(pc, 4);
        }
    }

    private long takenBefore(long offset, byte[] prologue) {
        return convention.takenBytes(Arrays.copyOf(prologue, (int) Math.min(prologue.length, offset)));
    }

    private void addCaller(long returnAddress, long sp, long fp, List<StackFrame> frames) {
        long pc = convention.plain(returnAddress);
        if (pc != 0) {
            frames.add(caller(pc, OptionalLong.of(sp), sp, fp));
        }
    }

    /** What the caller finds in its stack pointer again; empty where neither the record nor the code tells. */
    private OptionalLong callersSp(StackFrame callee, long fp) {
        if (convention.isFrameAtRecord()) {
            return OptionalLong.of(convention.callersSp(fp));
        }
        OptionalLong start = starts.find(callee.lookupPc());
        if (start.isEmpty()) {
            return OptionalLong.empty();
        }
        try {
            OptionalLong above =
                    convention.callersSpAboveFp(memory.read(start.getAsLong(), FrameConvention.PROLOGUE_BYTES));
            return above.isPresent() ? OptionalLong.of(fp + above.getAsLong()) : above;
        } catch (ImageException e) {
            requireFault(e);
            return OptionalLong.empty();
        }
    }

    private StackFrame caller(long pc, OptionalLong knownSp, long sp, long fp) {
        Map<String, Long> registers = new HashMap<>(Map.of(convention.pcName(), pc, convention.fpName(), fp));
        convention.linkName().ifPresent(name -> registers.put(name, pc)); // where its callee returned to
        knownSp.ifPresent(value -> registers.put(convention.spName(), value));
        return new StackFrame(pc, sp, OptionalLong.of(fp), FrameKind.NORMAL, false, registers);
    }

    /** @param left how many stacks have been left for others so far */
    private Backtrace chain(List<StackFrame> frames, long from, int limit, int left) {
        long fp = from;
        int stacks = left;
        while (frames.size() < limit) {
            if (fp == 0) {
                return new Backtrace(frames, Backtrace.End.COMPLETE, "");
            }
            if ((fp & 7) != 0) {
                return lost(frames, "the frame pointer 0x%x is not aligned".formatted(fp));
            }
            long record = fp;
            Optional<Arm64Exceptions.Cut> cut = convention.exceptions().flatMap(all -> all.saved(memory, record));
            if (cut.isPresent()) {
                return stacks == MOST_STACKS
                        ? lost(frames, "the stack does not move on")
                        : goOn(cut.get(), frames, limit, stacks + 1);
            }
            long nextFp;
            long pc;
            try {
                ByteBuffer words = words(convention.recordAddress(fp));
                nextFp = words.getLong(0);
                pc = convention.plain(words.getLong(8));
            } catch (ImageException e) {
                requireFault(e);
                return lost(frames, "cannot read the stack at 0x%x".formatted(convention.recordAddress(fp)));
            }
            if (pc == 0) {
                return new Backtrace(frames, Backtrace.End.COMPLETE, "");
            }
            OptionalLong sp = callersSp(frames.get(frames.size() - 1), fp);
            frames.add(caller(pc, sp, sp.orElse(convention.callersSp(fp)), nextFp));
            if (nextFp != 0 && Long.compareUnsigned(nextFp, fp) <= 0 && ++stacks > MOST_STACKS) {
                return lost(frames, "the stack does not move on");
            }
            fp = nextFp;
        }
        return new Backtrace(frames, Backtrace.End.LIMIT, "");
    }

    private static Backtrace lost(List<StackFrame> frames, String reason) {
        return new Backtrace(frames, Backtrace.End.LOST, reason);
    }

    private StackFrame frame(long pc, long sp, long fp, FrameKind kind, boolean isExact) {
        Map<String, Long> registers = Map.of(convention.pcName(), pc, convention.spName(), sp, convention.fpName(), fp);
        return new StackFrame(pc, sp, OptionalLong.of(fp), kind, isExact, registers);
    }

    private ByteBuffer words(long address) {
        return ByteBuffer.wrap(memory.read(address, 16)).order(ByteOrder.LITTLE_ENDIAN);
    }

    private static void requireFault(ImageException e) {
        if (!(e.failure() instanceof ImageFailure.MemoryFault)) {
            throw e;
        }
    }
}
