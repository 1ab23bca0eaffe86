package org.kdive.images.unwind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kdive.images.Memory;

/** The registers of one frame of 32-bit Arm, and the instructions that turn them into its caller's. EHABI32, 10.3. */
final class EhabiFrame {
    private static final int SP = 13;
    private static final int LR = 14;
    private static final int PC = 15;

    private final Memory memory;
    private final long[] registers;
    private int known;
    private int popped;
    private long vsp;

    /** @param known a bit for each register */
    EhabiFrame(Memory memory, long[] registers, int known) {
        this.memory = memory;
        this.registers = registers.clone();
        this.known = known;
    }

    long pc() {
        return registers[PC];
    }

    long sp() {
        return registers[SP];
    }

    long register(int number) {
        return registers[number];
    }

    boolean knows(int number) {
        return (known >>> number & 1) != 0;
    }

    /** Whether the last {@link #run} restored a whole set, as an exception's entry saves it. */
    boolean wasInterrupted() {
        int whole = 0xf | 1 << SP | 1 << PC;
        return (popped & whole) == whole;
    }

    /** Goes to the caller of a function that has done nothing yet. */
    void returnThroughLink() {
        registers[PC] = registers[LR];
        popped = 0;
    }

    /** False for instructions that refuse or that no kernel has. */
    boolean run(byte[] instructions) {
        popped = 0;
        vsp = registers[SP];
        ByteBuffer code = ByteBuffer.wrap(instructions);
        while (code.hasRemaining()) {
            int op = code.get() & 0xff;
            if (op == 0xb0) {
                break;
            }
            if (!one(op, code)) {
                return false;
            }
        }
        finish();
        return true;
    }

    private boolean one(int op, ByteBuffer code) {
        if (op < 0x80) {
            int step = ((op & 0x3f) << 2) + 4;
            vsp += op < 0x40 ? step : -step;
            return true;
        }
        if (op < 0x90) {
            return pop(((op & 15) << 8 | operand(code)) << 4);
        }
        if (op < 0xa0) {
            boolean isKnown = (op & 15) != SP && (op & 15) != PC && knows(op & 15);
            vsp = registers[op & 15];
            return isKnown;
        }
        if (op < 0xb0) {
            int range = ((1 << ((op & 7) + 1)) - 1) << 4;
            return pop(range | ((op & 8) != 0 ? 1 << LR : 0));
        }
        if (op == 0xb1) {
            int mask = operand(code);
            return mask <= 15 && pop(mask);
        }
        return op == 0xb2 ? addLong(code) : skipFloats(op, code);
    }

    private static int operand(ByteBuffer code) {
        return code.hasRemaining() ? code.get() & 0xff : 0;
    }

    private boolean addLong(ByteBuffer code) {
        long amount = 0;
        for (int shift = 0; shift <= 28 && code.hasRemaining(); shift += 7) {
            int each = code.get() & 0xff;
            amount |= (long) (each & 0x7f) << shift;
            if (each < 0x80) {
                vsp += 0x204 + (amount << 2);
                return true;
            }
        }
        return false;
    }

    // floating point registers were saved: only their room on the stack matters
    private boolean skipFloats(int op, ByteBuffer code) {
        if (op == 0xb3 || op == 0xc8 || op == 0xc9) {
            vsp += 8 * ((operand(code) & 15) + 1) + (op == 0xb3 ? 4 : 0);
            return true;
        }
        boolean isOld = op >= 0xb8 && op <= 0xbf;
        boolean isNew = op >= 0xd0 && op <= 0xd7;
        vsp += 8 * ((op & 7) + 1) + (isOld ? 4 : 0);
        return isOld || isNew;
    }

    private void finish() {
        if ((popped >>> SP & 1) == 0) {
            registers[SP] = vsp & 0xffff_ffffL;
        }
        if ((popped >>> PC & 1) == 0) {
            registers[PC] = registers[LR];
        }
        // what a call may destroy is not the caller's, unless it was saved
        known = (known & 0x0ff0) | popped | 1 << SP | 1 << PC;
    }

    /** An empty mask is an instruction that refuses. */
    private boolean pop(int mask) {
        long from = vsp;
        for (int number = 0; number < 16; number++) {
            if ((mask >>> number & 1) != 0) {
                byte[] word = memory.read(from & 0xffff_ffffL, 4);
                registers[number] =
                        ByteBuffer.wrap(word).order(ByteOrder.LITTLE_ENDIAN).getInt() & 0xffff_ffffL;
                known |= 1 << number;
                popped |= 1 << number;
                from += 4;
            }
        }
        vsp = (mask >>> SP & 1) != 0 ? registers[SP] : from;
        return mask != 0;
    }
}
