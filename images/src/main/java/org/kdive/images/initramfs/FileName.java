package org.kdive.images.initramfs;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * File names are bytes to Linux, and text to us. Bytes that are not UTF-8 become lone surrogates U+DC80 to U+DCFF (as
 * PEP 383 does), so that any name survives the way in and out.
 */
final class FileName {
    private static final int ESCAPE = 0xdc00;

    private FileName() {}

    static String decode(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return decodeOddBytes(bytes);
        }
    }

    private static String decodeOddBytes(byte[] bytes) {
        StringBuilder text = new StringBuilder(bytes.length);
        ByteBuffer in = ByteBuffer.wrap(bytes);
        CharBuffer out = CharBuffer.allocate(bytes.length + 1);
        var decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPORT)
                .onUnmappableCharacter(CodingErrorAction.REPORT);
        while (in.hasRemaining()) {
            out.clear();
            decoder.reset();
            boolean odd = decoder.decode(in, out, true).isError();
            text.append(out.flip());
            if (odd) {
                text.append((char) (ESCAPE + (in.get() & 0xff)));
            }
        }
        return text.toString();
    }

    static byte[] encode(String name) {
        byte[] plain = name.getBytes(StandardCharsets.UTF_8);
        if (name.chars().noneMatch(FileName::isEscape)) {
            return plain;
        }
        ByteBuffer out = ByteBuffer.allocate(name.length() * 3);
        int run = 0;
        for (int i = 0; i < name.length(); i++) {
            if (isEscape(name.charAt(i)) && (i == 0 || !Character.isHighSurrogate(name.charAt(i - 1)))) {
                out.put(name.substring(run, i).getBytes(StandardCharsets.UTF_8));
                out.put((byte) (name.charAt(i) - ESCAPE));
                run = i + 1;
            }
        }
        out.put(name.substring(run).getBytes(StandardCharsets.UTF_8));
        byte[] bytes = new byte[out.position()];
        out.flip().get(bytes);
        return bytes;
    }

    private static boolean isEscape(int character) {
        return character >= ESCAPE + 0x80 && character <= ESCAPE + 0xff;
    }

    /** Fit for one line of a terminal: control characters and odd bytes as {@code \x0a}. */
    static String printable(String name) {
        StringBuilder text = new StringBuilder(name.length());
        name.codePoints().forEach(c -> {
            if (Character.isISOControl(c)) {
                text.append("\\x%02x".formatted(c));
            } else if (isEscape(c)) {
                text.append("\\x%02x".formatted(c - ESCAPE));
            } else {
                text.appendCodePoint(c);
            }
        });
        return text.toString();
    }
}
