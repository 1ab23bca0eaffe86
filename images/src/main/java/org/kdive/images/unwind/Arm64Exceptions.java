package org.kdive.images.unwind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;
import org.kdive.images.types.Member;
import org.kdive.images.types.StructType;

// struct pt_regs of arm64 begins as user space knows it, 8 bytes each: x0 ... x30 sp pc pstate
/**
 * What an exception cut short: its registers in the {@code struct pt_regs} that the entry code makes, or still in the
 * processor before it has and when it is about to return. Linux arch/arm64/kernel/entry.S.
 */
final class Arm64Exceptions {
    private static final int REGISTERS = 31;
    private static final int FRAME_POINTER = 29;
    private static final int SP = 8 * REGISTERS;
    private static final int PC = SP + 8;
    private static final int PSTATE = PC + 8;

    private static final int STORE_X0_X1 = 0xa90007e0; // stp x0, x1, [sp]: what entry code begins with, and no function
    private static final int LOAD_X28_X29 = 0xa94e77fc; // ldp x28, x29, [sp, #224]
    private static final int ADD_SP_MASK = 0xffc003ff;
    private static final int ADD_SP = 0x910003ff; // add sp, sp, #n
    private static final int B_MASK = 0xfc000000;
    private static final int B = 0x14000000;
    private static final int ERET = 0xd69f03e0;
    private static final int EXIT_BYTES = 40;
    private static final int ENTRY_BYTES = 1024;
    private static final int VECTORS_BYTES = 2048; // Arm ARM, D1.10.2
    private static final int EC_SVC64 = 0x15;
    private static final long FRAME_META_TYPE_PT_REGS = 2; // a third word of the record since 6.13 (c2c6b27b5aa1)

    private final Layout layout;

    /**
     * Where {@code struct pt_regs} has what moves from release to release.
     *
     * @param record the frame record that the entry code makes inside of it
     * @param syscallNumber of 4 bytes; negative if it was no system call
     * @param bytes all that the entry code takes from the stack
     */
    private record Layout(int record, int syscallNumber, int bytes) {}

    /** @param kind INTERRUPT, USER or SYSCALL */
    record Cut(Map<String, Long> registers, FrameKind kind) {
        long value(String name) {
            return registers.getOrDefault(name, 0L);
        }
    }

    private Arm64Exceptions(Layout layout) {
        this.layout = layout;
    }

    /** Empty for a {@code struct pt_regs} without a frame record. */
    static Optional<Arm64Exceptions> of(StructType ptRegs) {
        Optional<Member> record = ptRegs.findMember("stackframe");
        Optional<Member> number = ptRegs.findMember("syscallno");
        if (record.isEmpty() || number.isEmpty() || record.get().byteOffset() < PSTATE + 8) {
            return Optional.empty();
        }
        return Optional.of(new Arm64Exceptions(
                new Layout((int) record.get().byteOffset(), (int) number.get().byteOffset(), ptRegs.bytes())));
    }

    /** What the exception whose record is at {@code fp} cut short; empty if the record is that of a call, or the last. */
    Optional<Cut> saved(Memory memory, long fp) {
        ByteBuffer regs;
        long type;
        try {
            regs = words(memory.read(fp - layout.record(), layout.record() + 16));
            type = words(memory.read(fp + 16, 8)).getLong(0);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault) {
                return Optional.empty(); // a record at the very end of a stack's page is none of an exception
            }
            throw e;
        }
        long nextFp = regs.getLong(layout.record());
        long pc = regs.getLong(layout.record() + 8);
        boolean isLast = nextFp == 0 && pc == 0;
        long savedPc = regs.getLong(PC);
        if (isUser(regs.getLong(PSTATE))) {
            boolean isThere = isLast && savedPc > 0; // of a task that never was in user mode all is zero
            boolean isCall = regs.getInt(layout.syscallNumber()) >= 0;
            return isThere
                    ? Optional.of(new Cut(all(regs), isCall ? FrameKind.SYSCALL : FrameKind.USER))
                    : Optional.empty();
        }
        boolean isCopy = pc == savedPc && nextFp == regs.getLong(8 * FRAME_POINTER);
        boolean isMeant = isLast ? type == FRAME_META_TYPE_PT_REGS : isCopy;
        return isMeant && savedPc != 0 ? Optional.of(new Cut(all(regs), FrameKind.INTERRUPT)) : Optional.empty();
    }

    private static Map<String, Long> all(ByteBuffer regs) {
        Map<String, Long> values = new HashMap<>();
        for (int i = 0; i < REGISTERS; i++) {
            values.put("x" + i, regs.getLong(8 * i));
        }
        values.put("sp", regs.getLong(SP));
        values.put("pc", regs.getLong(PC));
        values.put("cpsr", regs.getLong(PSTATE));
        return values;
    }

    /**
     * What is cut short where the processor stands in the first or last instructions of an exception, when the frame pointer
     * is not the entry code's own; empty elsewhere.
     *
     * @param start of the function
     */
    Optional<Cut> entered(Memory memory, RegisterValues registers, OptionalLong start) {
        long pc = registers.orZero("pc");
        boolean isVector = registers.find("VBAR").isPresent()
                && Long.compareUnsigned(pc - registers.orZero("VBAR"), VECTORS_BYTES) < 0;
        if (isVector) {
            return Optional.of(current(registers, OptionalLong.empty())); // it reckons with sp itself
        }
        OptionalLong above =
                isEntering(memory, pc, start) ? OptionalLong.of(layout.bytes()) : aboveAtReturn(memory, pc);
        return above.isEmpty()
                ? Optional.empty()
                : Optional.of(current(registers, OptionalLong.of(registers.orZero("sp") + above.getAsLong())));
    }

    private static Cut current(RegisterValues registers, OptionalLong sp) {
        Map<String, Long> values = new HashMap<>();
        values.put("pc", registers.orZero("ELR_EL1"));
        values.put("cpsr", registers.orZero("SPSR_EL1"));
        values.put("x29", registers.orZero("x29"));
        if (isUser(registers.orZero("SPSR_EL1"))) {
            boolean isCall = registers.orZero("ESR_EL1") >>> 26 == EC_SVC64;
            return new Cut(values, isCall ? FrameKind.SYSCALL : FrameKind.USER);
        }
        values.put("x30", registers.orZero("x30"));
        sp.ifPresent(value -> values.put("sp", value));
        return new Cut(values, FrameKind.INTERRUPT);
    }

    private static boolean isEntering(Memory memory, long pc, OptionalLong start) {
        long bytes = pc - start.orElse(pc);
        if (bytes < 0
                || bytes > ENTRY_BYTES
                || instructions(memory, start.orElse(pc), 4).getInt(0) != STORE_X0_X1) {
            return false;
        }
        ByteBuffer before = instructions(memory, start.orElse(pc), (int) bytes);
        while (before.remaining() >= 4) {
            if (Arm64Frames.setsFramePointer(before.getInt())) {
                return false;
            }
        }
        return true;
    }

    /** How much is still to be given back to the stack, if the frame pointer has been already. */
    private OptionalLong aboveAtReturn(Memory memory, long pc) {
        ByteBuffer next = instructions(memory, pc, EXIT_BYTES);
        long above = 0;
        while (next.remaining() >= 4) {
            int instruction = next.getInt();
            if (instruction == ERET) {
                return OptionalLong.of(above);
            }
            if (instruction == LOAD_X28_X29 || Arm64Frames.isReturn(instruction) || (instruction & B_MASK) == B) {
                break;
            }
            if ((instruction & ADD_SP_MASK) == ADD_SP) {
                above += instruction >>> 10 & 0xfff;
            }
        }
        return OptionalLong.empty();
    }

    private static ByteBuffer instructions(Memory memory, long address, int bytes) {
        return words(memory.read(address, bytes));
    }

    private static ByteBuffer words(byte[] bytes) {
        return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    }

    // PSTATE.M: EL0t, or AArch32's User mode
    private static boolean isUser(long pstate) {
        return (pstate & 15) == 0;
    }
}
