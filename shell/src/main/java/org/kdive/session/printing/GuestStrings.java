package org.kdive.session.printing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import org.kdive.images.Memory;
import org.kdive.images.types.ArrayType;
import org.kdive.session.SessionException;
import org.kdive.session.expression.Value;

/** Texts that a value is or points to. */
public final class GuestStrings {
    private static final int LONGEST = 1 << 16;
    private static final int PIECE = 256;

    private GuestStrings() {}

    /** Up to the NUL; throws Unreadable if there is none before memory ends. */
    public static String read(Memory memory, Value value) {
        if (value.type().strip() instanceof ArrayType array
                && array.element().type().sizeBytes() == 1) {
            return untilNul(value.bytes());
        }
        long start = value.bits();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (bytes.size() < LONGEST) {
            byte[] piece = Texts.prefix(memory, start + bytes.size(), PIECE);
            if (piece.length == 0) {
                throw unreadable(start + bytes.size());
            }
            String text = untilNul(piece);
            bytes.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
            if (text.length() < piece.length) {
                break;
            }
        }
        return bytes.toString(StandardCharsets.UTF_8);
    }

    private static SessionException unreadable(long address) {
        return Value.unreadable(address, null);
    }

    private static String untilNul(byte[] bytes) {
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? text : text.substring(0, end);
    }
}
