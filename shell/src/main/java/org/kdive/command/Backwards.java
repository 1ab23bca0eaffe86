package org.kdive.command;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.kdive.images.arch.Instruction;
import org.kdive.images.symbols.Symbol;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** Where {@code x} with a negative count begins: so many things before an address. */
final class Backwards {
    private static final int MOST_INSTRUCTIONS = 1 << 16; // of one function
    private static final int LONGEST_STRING = 1 << 16;

    private final Stop stop;

    Backwards(Stop stop) {
        this.stop = stop;
    }

    /** Instructions are cut from where a function begins: backwards alone nobody can tell where one does. */
    long instructions(long end, int count) {
        Deque<Long> starts = new ArrayDeque<>();
        long at = end;
        while (starts.size() < count) {
            long start = functionBefore(at);
            Deque<Long> here = new ArrayDeque<>();
            for (long one = start; Long.compareUnsigned(one, at) < 0 && here.size() < MOST_INSTRUCTIONS; ) {
                here.add(one);
                List<Instruction> code = stop.code(one, 1);
                one = code.isEmpty() ? at : code.get(0).next();
            }
            while (!here.isEmpty()) {
                starts.addFirst(here.removeLast());
            }
            at = start;
        }
        for (int extra = starts.size() - count; extra > 0; extra--) {
            starts.removeFirst();
        }
        return starts.getFirst();
    }

    private long functionBefore(long address) {
        return stop.program()
                .flatMap(program -> program.symbolAt(address - 1))
                .filter(Symbol::isText)
                .map(Symbol::address)
                .filter(start -> Long.compareUnsigned(start, address) < 0)
                .orElseThrow(() -> new SessionException(
                        "x: no function is known before 0x%x, so nothing tells where its instructions begin"
                                .formatted(address),
                        new SessionFailure.NoSymbol("0x%x".formatted(address))));
    }

    /** The last of them may be cut short by {@code end}. */
    long strings(long end, int count) {
        long at = end;
        for (int i = 0; i < count; i++) {
            long start = at - 1; // its NUL
            while (at - start < LONGEST_STRING && letter(start - 1) != 0) {
                start--;
            }
            at = start;
        }
        return at;
    }

    /** 0 where nothing can be read. */
    private byte letter(long address) {
        byte[] one = stop.memory().readPrefix(address, 1);
        return one.length == 0 ? 0 : one[0];
    }
}
