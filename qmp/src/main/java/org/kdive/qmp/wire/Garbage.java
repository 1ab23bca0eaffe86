package org.kdive.qmp.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that should not have come, made fit for a one-line message. */
final class Garbage {
    private static final int SHOWN_BYTES = 60;

    private Garbage() {}

    static String printable(byte[] bytes) {
        byte[] head = Arrays.copyOf(bytes, Math.min(bytes.length, SHOWN_BYTES));
        String text = new String(head, StandardCharsets.ISO_8859_1).stripTrailing();
        return text.replaceAll("[^ -~]", ".") + (bytes.length > SHOWN_BYTES ? "..." : "");
    }
}
