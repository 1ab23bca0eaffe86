package org.kdive.command;

import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharsetDecoder;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;

/**
 * A guest's serial output made harmless for a terminal that is not the guest's: UTF-8, colours and line ends stay, every
 * other control sequence goes. Fed in pieces, wherever they are cut.
 */
public final class GuestText {
    private static final int LONGEST_SEQUENCE = 64; // what never ends is no control sequence
    private static final char ESCAPE = '\u001b';

    private enum State {
        TEXT,
        AFTER_ESCAPE,
        CONTROL_SEQUENCE, // ECMA-48 5.4: ESC [ parameters final
        STRING // ECMA-48 5.6: ESC ] ... BEL or ESC \
    }

    private final CharsetDecoder decoder = StandardCharsets.UTF_8
            .newDecoder()
            .onMalformedInput(CodingErrorAction.REPLACE)
            .onUnmappableCharacter(CodingErrorAction.REPLACE);
    private byte[] undecoded = new byte[0];
    private final StringBuilder sequence = new StringBuilder();
    private State state = State.TEXT;

    /** A short text of the guest's, one byte a character, as UTF-8 on one line without controls. */
    static String plain(String latin1) {
        String text = new String(latin1.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
        return text.codePoints()
                .map(c -> Character.isISOControl(c) && c != '\t' ? '?' : c)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    public String accept(byte[] bytes) {
        ByteBuffer in = ByteBuffer.allocate(undecoded.length + bytes.length);
        in.put(undecoded).put(bytes).flip();
        CharBuffer decoded = CharBuffer.allocate(in.remaining() + 1);
        decoder.decode(in, decoded, false);
        undecoded = new byte[in.remaining()];
        in.get(undecoded);
        StringBuilder shown = new StringBuilder();
        decoded.flip().chars().forEach(c -> accept((char) c, shown));
        return shown.toString();
    }

    private void accept(char c, StringBuilder shown) {
        switch (state) {
            case TEXT -> text(c, shown);
            case AFTER_ESCAPE -> afterEscape(c);
            case CONTROL_SEQUENCE -> controlSequence(c, shown);
            case STRING -> string(c);
        }
    }

    private void text(char c, StringBuilder shown) {
        if (c == ESCAPE) {
            sequence.setLength(0);
            state = State.AFTER_ESCAPE;
        } else if (c == '\n' || c == '\t' || c == '\b' || (c >= ' ' && c < 0x7f) || c >= 0xa0) {
            shown.append(c);
        }
    }

    private void afterEscape(char c) {
        state = switch (c) {
            case '[' -> State.CONTROL_SEQUENCE;
            case ']', 'P', '_', '^', 'X' -> State.STRING;
            default -> State.TEXT;
        };
    }

    private void controlSequence(char c, StringBuilder shown) {
        sequence.append(c);
        if (c >= 0x40 && c <= 0x7e) {
            if (c == 'm') {
                shown.append(ESCAPE).append('[').append(sequence);
            }
            state = State.TEXT;
        } else if (c < 0x20 || sequence.length() > LONGEST_SEQUENCE) {
            state = State.TEXT;
        }
    }

    private void string(char c) {
        sequence.append(c);
        if (c == ESCAPE) {
            state = State.AFTER_ESCAPE; // what follows is the backslash of the terminator
        } else if (c == '\u0007' || c == '\n' || sequence.length() > LONGEST_SEQUENCE * 4) {
            state = State.TEXT;
        }
    }
}
