package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.unwind.FrameKind;

/**
 * Callers by looking for return addresses on the stack: every word that points behind a call in the kernel's text is taken
 * for one, and marked as a guess. Left-overs of earlier calls can be among them; unwind tables will know better.
 */
final class StackWalk {
    private static final int DEEPEST_BYTES = 16 * 1024; // x86-64's THREAD_SIZE
    private static final int LONGEST_CALL_BYTES = 7;

    private final Target target;
    private final ThreadId thread;

    StackWalk(Target target, ThreadId thread) {
        this.target = target;
        this.thread = thread;
    }

    List<Frame> frames(int limit) {
        RegisterFile registers = target.registers(thread);
        List<Frame> frames = new ArrayList<>();
        frames.add(new Frame(0, registers.pc(), registers.pc(), registers.sp(), FrameKind.NORMAL));
        Optional<Program> program = target.findProgram();
        if (program.isEmpty()) {
            return frames;
        }
        registers.number("lr").ifPresent(lr -> add(frames, program.get(), lr, registers.sp()));
        long sp = registers.sp();
        int pointerBytes = target.architecture().pointerBytes();
        byte[] stack = target.memory(thread).readPrefix(sp, DEEPEST_BYTES);
        Scope scope = target.scope(thread);
        for (int at = 0; at + pointerBytes <= stack.length && frames.size() < limit; at += pointerBytes) {
            add(frames, program.get(), scope.readInteger(sp + at, pointerBytes), sp + at + pointerBytes);
        }
        return frames;
    }

    private void add(List<Frame> frames, Program program, long address, long sp) {
        Optional<Symbol> symbol = program.symbolAt(address - 1); // a call that does not return may end its function
        boolean inText = symbol.isPresent() && "tTwW".indexOf(symbol.get().type()) >= 0;
        if (inText && followsCall(address)) {
            frames.add(new Frame(frames.size(), address, address - 1, sp, FrameKind.GUESS));
        }
    }

    // x86: e8 rel32 right before; ff /2 with its forms of 2, 3, 6 and 7 bytes. Elsewhere any word in the text will do.
    private boolean followsCall(long address) {
        return switch (target.architecture()) {
            case X86_64, X86_32 -> {
                byte[] before = target.memory(thread).readPrefix(address - LONGEST_CALL_BYTES, LONGEST_CALL_BYTES);
                yield before.length == LONGEST_CALL_BYTES
                        && ((before[2] & 0xff) == 0xe8
                                || isIndirectCall(before, 2)
                                || isIndirectCall(before, 3)
                                || isIndirectCall(before, 6)
                                || isIndirectCall(before, 7));
            }
            default -> true;
        };
    }

    private static boolean isIndirectCall(byte[] before, int lengthBytes) {
        int at = LONGEST_CALL_BYTES - lengthBytes;
        return (before[at] & 0xff) == 0xff && (before[at + 1] & 0x38) == 0x10;
    }
}
