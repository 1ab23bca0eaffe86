package org.kdive.command;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;
import org.kdive.session.StopMemory;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.Escapes;

/** What {@code find} looks for, and the looking. */
final class Needle {
    private static final int CHUNK_BYTES = 1 << 16;

    private Needle() {}

    /** The bytes of the values: strings as they are, numbers in the guest's order. */
    static byte[] parse(Session session, String format, String values) {
        int unit = unit(format);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String value : split(values)) {
            if (value.startsWith("\"")) {
                bytes.writeBytes(Escapes.decode(value.substring(1, value.length() - 1)));
            } else {
                bytes.writeBytes(number(session, value, unit));
            }
        }
        if (bytes.size() == 0) {
            throw new SessionException("find: nothing to look for", new SessionFailure.Usage("find START, END, VALUE"));
        }
        return bytes.toByteArray();
    }

    /** @param unit bytes; 0 for as many as the value's type has, as gdb does */
    private static byte[] number(Session session, String expression, int unit) {
        Value value = session.evaluate(expression);
        if (unit == 0) {
            return value.bytes();
        }
        byte[] bytes = new byte[unit];
        for (int i = 0; i < unit; i++) {
            bytes[value.order() == ByteOrder.LITTLE_ENDIAN ? i : unit - 1 - i] = (byte) (value.bits() >>> 8 * i);
        }
        return bytes;
    }

    private static int unit(String format) {
        return format.contains("g")
                ? 8
                : format.contains("w") ? 4 : format.contains("h") ? 2 : format.contains("b") ? 1 : 0;
    }

    /** How many to find at most: the digits of the format. */
    static int count(String format) {
        String digits = format.replaceAll("\\D", "");
        return digits.isEmpty() ? 1000 : Words.count(digits, "find/COUNT");
    }

    private static List<String> split(String values) {
        List<String> parts = new ArrayList<>();
        StringBuilder part = new StringBuilder();
        boolean quoted = false;
        for (int i = 0; i < values.length(); i++) {
            char c = values.charAt(i);
            quoted ^= c == '"';
            if (c == ',' && !quoted) {
                parts.add(part.toString().strip());
                part.setLength(0);
            } else {
                part.append(c);
            }
        }
        parts.add(part.toString().strip());
        if (quoted) {
            throw new SessionException(
                    "find: a closing quote is missing", new SessionFailure.Usage("find ..., \"text\""));
        }
        return parts;
    }

    /** Addresses in order. Unmapped pages are passed over; Ctrl-C ends it. */
    static List<Long> search(Session session, long start, long length, byte[] wanted, int limit) {
        Stop stop = session.requireStop();
        List<Long> found = new ArrayList<>();
        long at = start;
        long end = start + length;
        byte[] kept = new byte[0]; // the end of the piece before: a match may lie across the border
        while (Long.compareUnsigned(at, end) < 0 && found.size() < limit) {
            session.checkInterrupt();
            int wantedBytes = (int) Math.min(CHUNK_BYTES, end - at);
            byte[] piece = stop.memory().readPrefix(at, wantedBytes);
            byte[] bytes = join(kept, piece);
            collect(bytes, at - kept.length, wanted, limit, found);
            boolean whole = piece.length == wantedBytes;
            kept = whole ? tail(bytes, wanted.length - 1) : new byte[0];
            at = whole ? at + wantedBytes : ((at + piece.length) | (StopMemory.PAGE_BYTES - 1)) + 1;
            if (at == 0) {
                break; // past the last page there is
            }
        }
        return found;
    }

    private static void collect(byte[] bytes, long address, byte[] wanted, int limit, List<Long> found) {
        for (int i = 0; i + wanted.length <= bytes.length && found.size() < limit; i++) {
            int n = 0;
            while (n < wanted.length && bytes[i + n] == wanted[n]) {
                n++;
            }
            if (n == wanted.length) {
                found.add(address + i);
            }
        }
    }

    private static byte[] join(byte[] first, byte[] second) {
        byte[] both = new byte[first.length + second.length];
        System.arraycopy(first, 0, both, 0, first.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static byte[] tail(byte[] bytes, int length) {
        int kept = Math.min(length, bytes.length);
        byte[] tail = new byte[kept];
        System.arraycopy(bytes, bytes.length - kept, tail, 0, kept);
        return tail;
    }
}
