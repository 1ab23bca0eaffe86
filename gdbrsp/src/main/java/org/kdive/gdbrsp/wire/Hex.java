package org.kdive.gdbrsp.wire;

/** Hexadecimal as the protocol writes it. Reading throws IllegalArgumentException: the bytes are the peer's. */
public final class Hex {
    private static final byte[] DIGITS = {'0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    private Hex() {}

    /** -1 for what is no digit. */
    static int digit(int c) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        if (c >= 'a' && c <= 'f') {
            return c - 'a' + 10;
        }
        return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
    }

    /** Up to 64 bits, unsigned. */
    public static long number(String text) {
        if (text.isEmpty() || text.length() > 16) {
            throw new IllegalArgumentException("not a hexadecimal number: " + text);
        }
        long value = 0;
        for (int i = 0; i < text.length(); i++) {
            int digit = digit(text.charAt(i));
            if (digit < 0) {
                throw new IllegalArgumentException("not a hexadecimal number: " + text);
            }
            value = value << 4 | digit;
        }
        return value;
    }

    public static byte[] bytes(String text) {
        byte[] out = new byte[text.length() / 2];
        if (text.length() % 2 != 0) {
            throw new IllegalArgumentException("odd number of hexadecimal digits");
        }
        for (int i = 0; i < out.length; i++) {
            out[i] = pair(text.charAt(2 * i), text.charAt(2 * i + 1));
        }
        return out;
    }

    /** Decodes all of {@code hex} into {@code out} at {@code at}; returns the number of bytes. */
    public static int decode(byte[] hex, byte[] out, int at) {
        if (hex.length % 2 != 0 || hex.length / 2 > out.length - at) {
            throw new IllegalArgumentException(hex.length + " hexadecimal digits for " + (out.length - at) + " bytes");
        }
        for (int i = 0; i < hex.length; i += 2) {
            out[at + i / 2] = pair(hex[i], hex[i + 1]);
        }
        return hex.length / 2;
    }

    /** Decodes {@code count} bytes from the digits at {@code from} into {@code out} at {@code at}. */
    public static void decode(byte[] hex, int from, int count, byte[] out, int at) {
        for (int i = 0; i < count; i++) {
            out[at + i] = pair(hex[from + 2 * i], hex[from + 2 * i + 1]);
        }
    }

    private static byte pair(int high, int low) {
        int value = digit(high) << 4 | digit(low);
        if (value < 0) {
            throw new IllegalArgumentException("not a hexadecimal digit");
        }
        return (byte) value;
    }

    public static String text(byte[] bytes) {
        return text(bytes, 0, bytes.length);
    }

    public static String text(byte[] bytes, int from, int to) {
        byte[] out = new byte[2 * (to - from)];
        for (int i = from; i < to; i++) {
            out[2 * (i - from)] = DIGITS[bytes[i] >> 4 & 15];
            out[2 * (i - from) + 1] = DIGITS[bytes[i] & 15];
        }
        return new String(out, java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
