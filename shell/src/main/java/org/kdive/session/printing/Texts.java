package org.kdive.session.printing;

import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;

/** Characters of the guest as C would write them, long runs of one counted. */
final class Texts {
    private Texts() {}

    /** A whole array; one NUL at its end goes without saying. */
    static void array(byte[] bytes, PrintOptions options, StringBuilder out) {
        int length = bytes.length > 0 && bytes[bytes.length - 1] == 0 ? bytes.length - 1 : bytes.length;
        runs(bytes, length, false, options, out);
    }

    /** Up to its NUL, and what became of the rest: three dots, or the address that could not be read. */
    static void atAddress(Memory memory, long address, PrintOptions options, StringBuilder out) {
        int most = options.elements();
        byte[] bytes = prefix(memory, address, most + 1);
        int end = 0;
        while (end < bytes.length && bytes[end] != 0) {
            end++;
        }
        boolean hasEnd = end < bytes.length;
        boolean wasCut = !hasEnd && bytes.length < most + 1;
        int shown = Math.min(end, most);
        if (shown > 0 || !wasCut) {
            runs(bytes, shown, !wasCut && (!hasEnd || end > most), options, out);
        }
        if (wasCut) {
            out.append(shown > 0 ? " " : "");
            out.append("<error: Cannot access memory at address 0x%x>".formatted(address + bytes.length));
        }
    }

    /** The readable bytes from the front of the range. */
    static byte[] prefix(Memory memory, long address, int length) {
        try {
            return memory.read(address, length);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault fault) {
                long readable = fault.address() - address;
                return readable > 0 && readable < length ? prefix(memory, address, (int) readable) : new byte[0];
            }
            throw e;
        }
    }

    // as in gdb a run counts as no more than the elements it takes to be one
    private static void runs(byte[] bytes, int length, boolean isCut, PrintOptions options, StringBuilder out) {
        boolean quoted = false;
        int at = 0;
        int shown = 0;
        while (at < length && shown < options.elements()) {
            int run = 1;
            while (at + run < length && bytes[at + run] == bytes[at]) {
                run++;
            }
            if (run > options.repeats()) {
                out.append(quoted ? "\", " : at > 0 ? ", " : "");
                out.append('\'')
                        .append(character(bytes[at], '\''))
                        .append("' <repeats ")
                        .append(run)
                        .append(" times>");
                quoted = false;
                at += run;
                shown += options.repeats();
            } else {
                out.append(quoted ? "" : at > 0 ? ", \"" : "\"");
                quoted = true;
                out.append(character(bytes[at++], '"'));
                shown++;
            }
        }
        out.append(quoted ? "\"" : length == 0 ? "\"\"" : "").append(isCut || at < length ? "..." : "");
    }

    /** With C's escapes; nothing that a terminal would obey comes through. */
    static String character(byte value, char quote) {
        int c = value & 0xff;
        int known = "\u0007\b\t\n\u000b\f\r".indexOf(c);
        if (known >= 0) {
            return "\\" + "abtnvfr".charAt(known);
        }
        if (c == 27) {
            return "\\033";
        }
        if (c == quote || c == '\\') {
            return "\\" + (char) c;
        }
        return c >= 32 && c < 127 ? String.valueOf((char) c) : "\\" + (char) ('0' + (c >> 6)) + (c >> 3 & 7) + (c & 7);
    }
}
