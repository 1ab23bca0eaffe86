package org.kdive.command;

/** Bytes of the guest as text that cannot harm a terminal. */
final class Strings {
    private Strings() {}

    /** In double quotes, with C's escapes. */
    static String quoted(byte[] bytes) {
        StringBuilder text = new StringBuilder("\"");
        for (byte b : bytes) {
            text.append(escaped(b, '"'));
        }
        return text.append('"').toString();
    }

    static String escaped(byte b, char quote) {
        int c = b & 0xff;
        return switch (c) {
            case '\n' -> "\\n";
            case '\r' -> "\\r";
            case '\t' -> "\\t";
            case 27 -> "\\033";
            case '\\' -> "\\\\";
            default -> {
                if (c == quote) {
                    yield "\\" + quote;
                }
                yield c >= 32 && c < 127 ? String.valueOf((char) c) : "\\%03o".formatted(c);
            }
        };
    }

    /** For the right-hand column of a hexdump. */
    static char printable(byte b) {
        return b >= 32 && b < 127 ? (char) b : '.';
    }
}
