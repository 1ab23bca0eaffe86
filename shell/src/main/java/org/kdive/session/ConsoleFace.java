package org.kdive.session;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.time.format.DateTimeFormatter;
import java.util.function.Supplier;

/**
 * How the guest's serial output is shown: with the host's time before each line, without escape sequences. The console's
 * thread; the switches are for any.
 */
final class ConsoleFace {
    private static final byte ESCAPE = 0x1b;
    private static final byte BELL = 7;
    private static final int LONGEST_SEQUENCE = 256; // what never ends is none

    /** Made when the first line is stamped: time zones and formats cost a launch 10 ms. */
    private static final class Stamp {
        static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("'['HH:mm:ss.SSS'] '");
    }

    private enum State {
        TEXT,
        AFTER_ESCAPE,
        CONTROL_SEQUENCE, // ECMA-48 5.4: ESC [ parameters final
        STRING // ECMA-48 5.6: ESC ] ... BEL or ESC \
    }

    private final Supplier<LocalTime> clock;
    private volatile boolean stamped;
    private volatile boolean plain;
    private boolean lineBegins = true;
    private State state = State.TEXT;
    private int length; // of the sequence so far

    ConsoleFace(Supplier<LocalTime> clock) {
        this.clock = clock;
    }

    boolean isStamped() {
        return stamped;
    }

    void stamp(boolean on) {
        stamped = on;
    }

    boolean isPlain() {
        return plain;
    }

    void plain(boolean on) {
        plain = on;
    }

    /** What is shown of the next piece, wherever it was cut. */
    byte[] shown(byte[] piece) {
        byte[] text = plain ? withoutSequences(piece) : piece;
        return stamped ? withTimes(text) : withoutTimes(text);
    }

    private byte[] withoutTimes(byte[] text) {
        lineBegins = text.length == 0 ? lineBegins : text[text.length - 1] == '\n';
        return text;
    }

    private byte[] withTimes(byte[] text) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(text.length + text.length / 4);
        byte[] now = Stamp.TIME.format(clock.get()).getBytes(StandardCharsets.US_ASCII);
        for (byte b : text) {
            if (lineBegins && b != '\r' && b != '\n') {
                out.writeBytes(now);
                lineBegins = false;
            }
            out.write(b);
            lineBegins |= b == '\n';
        }
        return out.toByteArray();
    }

    private byte[] withoutSequences(byte[] piece) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(piece.length);
        for (byte b : piece) {
            if (state == State.TEXT && b != ESCAPE) {
                out.write(b);
            } else {
                state = next(b);
            }
        }
        return out.toByteArray();
    }

    private State next(byte b) {
        if (state == State.TEXT) {
            length = 0;
            return State.AFTER_ESCAPE;
        }
        if (++length > LONGEST_SEQUENCE || b == '\n') {
            return State.TEXT;
        }
        return switch (state) {
            case AFTER_ESCAPE ->
                switch (b) {
                    case '[' -> State.CONTROL_SEQUENCE;
                    case ']', 'P', '_', '^', 'X' -> State.STRING;
                    default -> State.TEXT;
                };
            case CONTROL_SEQUENCE -> b >= 0x40 && b <= 0x7e ? State.TEXT : State.CONTROL_SEQUENCE;
            case STRING -> b == BELL ? State.TEXT : b == ESCAPE ? State.AFTER_ESCAPE : State.STRING;
            case TEXT -> State.TEXT;
        };
    }
}
