package org.kdive.machine;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.function.BooleanSupplier;

/**
 * Console bytes as text for a pattern: UTF-8, with U+FFFD where they are not. Looking at it past the deadline, or once it is given up, throws
 * {@link TooSlow}, so that no pattern, however it backtracks, outlives its deadline.
 */
final class ConsoleText implements CharSequence {
    private static final int LOOKS_BETWEEN_CLOCKS = 1 << 12;

    /** The deadline passed in the middle of a search, or nobody wants it any more. */
    static final class TooSlow extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    private final byte[] bytes;
    private final CharBuffer text;
    private final long deadlineNanos;
    private final BooleanSupplier givenUp;
    private int looks;

    ConsoleText(byte[] bytes, long deadlineNanos, BooleanSupplier givenUp) {
        this.bytes = bytes;
        this.text = CharBuffer.allocate(bytes.length);
        this.deadlineNanos = deadlineNanos;
        this.givenUp = givenUp;
        decode(bytes, text);
        text.flip();
    }

    // UTF-8 never has more characters than bytes, so the room always suffices.
    private static int decode(byte[] bytes, CharBuffer to) {
        CharsetDecoder decoder = StandardCharsets.UTF_8
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE);
        ByteBuffer from = ByteBuffer.wrap(bytes);
        decoder.decode(from, to, true);
        return from.position();
    }

    /** How many bytes the first characters were. */
    int bytesOf(int characters) {
        return decode(bytes, CharBuffer.allocate(characters));
    }

    @Override
    public char charAt(int index) {
        if (++looks % LOOKS_BETWEEN_CLOCKS == 0 && (System.nanoTime() - deadlineNanos > 0 || givenUp.getAsBoolean())) {
            throw new TooSlow();
        }
        return text.charAt(index);
    }

    @Override
    public int length() {
        return text.length();
    }

    @Override
    public CharSequence subSequence(int start, int end) {
        return text.subSequence(start, end);
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
