package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.Type;
import org.kdive.images.unwind.FrameKind;
import org.kdive.session.expression.Value;

/**
 * Callers by looking for return addresses on the stack: every word that points behind a call in the kernel's text is taken
 * for one, and marked as a guess. Left-overs of earlier calls can be among them; unwind tables will know better.
 */
final class StackWalk {
    private static final int DEEPEST_BYTES = 16 * 1024; // THREAD_SIZE of most architectures; arm's is half

    private final Target target;
    private final ThreadId thread;
    private final CallSites calls;

    StackWalk(Target target, ThreadId thread) {
        this.target = target;
        this.thread = thread;
        this.calls = new CallSites(target.architecture(), target.memory(thread));
    }

    List<Frame> frames(int limit) {
        RegisterFile registers = target.registers(thread);
        List<Frame> frames = new ArrayList<>();
        frames.add(frame(0, registers.pc(), registers.pc(), registers.sp(), FrameKind.NORMAL));
        Optional<Program> program = target.findProgram();
        if (program.isEmpty()) {
            return frames;
        }
        registers.number("lr").ifPresent(lr -> add(frames, program.get(), lr, registers.sp()));
        long sp = registers.sp();
        int pointerBytes = target.architecture().pointerBytes();
        byte[] stack = target.memory(thread).readPrefix(sp, DEEPEST_BYTES);
        Type word = target.types().c("unsigned long");
        for (int at = 0; at + pointerBytes <= stack.length && frames.size() < limit; at += pointerBytes) {
            add(frames, program.get(), word(word, sp + at), sp + at + pointerBytes);
        }
        return frames;
    }

    private Frame frame(int level, long pc, long lookupPc, long sp, FrameKind kind) {
        RegisterFile names = target.registers(thread);
        return new Frame(level, pc, lookupPc, sp, kind, Map.of(names.canonical("pc"), pc, names.canonical("sp"), sp));
    }

    private long word(Type type, long address) {
        return Value.inMemory(
                        type,
                        address,
                        target.memory(thread),
                        target.architecture().byteOrder())
                .bits();
    }

    private void add(List<Frame> frames, Program program, long word, long sp) {
        // in Thumb code bit 0 tells the instruction set, not the place
        long address = target.architecture() == Architecture.ARM ? word & ~1L : word;
        Optional<Symbol> symbol = program.symbolAt(address - 1); // a call that does not return may end its function
        boolean inText = symbol.isPresent() && symbol.get().isText();
        if (inText && calls.isBehindCall(word)) {
            frames.add(frame(frames.size(), address, address - 1, sp, FrameKind.GUESS));
        }
    }
}
