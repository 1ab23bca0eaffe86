package org.kdive.session;

import java.math.BigInteger;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.ThreadId;

/** x86-64's, whose place the gdb stub does not tell but QEMU's monitor does. Session thread. */
final class InterruptTable {
    private static final Pattern IDT = Pattern.compile("IDT=\\s*([0-9a-f]{8,16})\\s");

    private InterruptTable() {}

    /** Where it takes vector 0; empty where there is no table yet, or it cannot be read from here. */
    static OptionalLong handlerOfDivideError(Target target, ThreadId thread) {
        try {
            Matcher idt = IDT.matcher(target.monitor("info registers"));
            if (!idt.find()) {
                return OptionalLong.empty();
            }
            long base = new BigInteger(idt.group(1), 16).longValue();
            byte[] gate = Waits.on(target.stub().readMemory(thread, base, 16), "read the interrupt table");
            // Intel SDM vol. 3, 6.14.1: offset 15:0 at 0, 31:16 at 6, 63:32 at 8
            long low = u16(gate, 0) | u16(gate, 6) << 16;
            return OptionalLong.of(low | u16(gate, 8) << 32 | u16(gate, 10) << 48);
        } catch (RuntimeException e) {
            return OptionalLong.empty(); // no table yet, or not readable from here: the search goes on another way
        }
    }

    private static long u16(byte[] bytes, int at) {
        return bytes[at] & 0xffL | (bytes[at + 1] & 0xffL) << 8;
    }
}
