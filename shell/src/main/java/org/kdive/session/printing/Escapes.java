package org.kdive.session.printing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** C's backslash escapes, as gdb's echo reads them. */
public final class Escapes {
    private static final String NAMES = "abefnrtv";
    private static final String MEANINGS = "\u0007\b\u001b\f\n\r\t\u000b";

    private Escapes() {}

    /** The bytes meant: UTF-8, but for octal and hexadecimal escapes, which are one byte each. An unknown escape is its character. */
    public static byte[] decode(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        int i = 0;
        while (i < text.length()) {
            int codePoint = text.codePointAt(i);
            if (codePoint != '\\' || i + 1 == text.length()) {
                bytes.writeBytes(Character.toString(codePoint).getBytes(StandardCharsets.UTF_8));
                i += Character.charCount(codePoint);
                continue;
            }
            char kind = text.charAt(i + 1);
            if (kind == 'x') {
                i = number(text, i + 2, 2, 16, bytes);
            } else if (Character.digit(kind, 8) >= 0) {
                i = number(text, i + 1, 3, 8, bytes);
            } else {
                int named = NAMES.indexOf(kind);
                int meant = named >= 0 ? MEANINGS.charAt(named) : text.codePointAt(i + 1);
                bytes.writeBytes(Character.toString(meant).getBytes(StandardCharsets.UTF_8));
                i += 1 + Character.charCount(meant);
            }
        }
        return bytes.toByteArray();
    }

    private static int number(String text, int start, int mostDigits, int radix, ByteArrayOutputStream bytes) {
        int value = 0;
        int i = start;
        while (i < text.length() && i < start + mostDigits && Character.digit(text.charAt(i), radix) >= 0) {
            value = value * radix + Character.digit(text.charAt(i), radix);
            i++;
        }
        bytes.write(i == start ? 'x' : value);
        return i;
    }
}
