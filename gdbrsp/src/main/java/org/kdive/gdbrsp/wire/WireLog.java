package org.kdive.gdbrsp.wire;

import java.nio.charset.StandardCharsets;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The log {@code rsp.wire}: one line a write or read, {@code >} out and {@code <} in, bytes that do not print as
 * {@code \xhh}. Transcripts in this form are what the tests replay.
 */
final class WireLog {
    private static final Logger WIRE = LoggerFactory.getLogger("rsp.wire");

    private WireLog() {}

    static void sent(byte[] bytes) {
        if (WIRE.isDebugEnabled()) {
            WIRE.debug("> {}", printable(bytes, 0, bytes.length));
        }
    }

    static void received(byte[] bytes) {
        if (WIRE.isDebugEnabled()) {
            WIRE.debug("< {}", printable(bytes, 0, bytes.length));
        }
    }

    static void closed(String why) {
        WIRE.debug("! {}", why);
    }

    static void odd(String what) {
        WIRE.debug("? {}", what);
    }

    static String printable(byte[] bytes, int from, int to) {
        StringBuilder out = new StringBuilder(to - from);
        for (int i = from; i < to; i++) {
            int c = bytes[i] & 0xff;
            if (c < ' ' || c > '~' || c == '\\') {
                out.append("\\x").append(Hex.text(bytes, i, i + 1));
            } else {
                out.append((char) c);
            }
        }
        return out.toString();
    }

    /** The other way, for transcripts. */
    static byte[] unprintable(String text) {
        StringBuilder out = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            if (text.startsWith("\\x", i)) {
                out.append((char) Hex.number(text.substring(i + 2, i + 4)));
                i += 3;
            } else {
                out.append(text.charAt(i));
            }
        }
        return out.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
