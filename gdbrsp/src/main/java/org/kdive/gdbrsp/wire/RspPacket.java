package org.kdive.gdbrsp.wire;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import org.kdive.gdbrsp.RspFailure;

/** What stood between {@code $} and {@code #}, decoded. The array is not copied: whoever makes one lets go of it. */
public final class RspPacket {
    private final byte[] payload;

    public RspPacket(byte[] payload) {
        this.payload = payload;
    }

    public static RspPacket of(String text) {
        return new RspPacket(text.getBytes(StandardCharsets.ISO_8859_1));
    }

    /** Not a copy. */
    public byte[] payload() {
        return payload;
    }

    /** One character a byte. */
    public String text() {
        return new String(payload, StandardCharsets.ISO_8859_1);
    }

    public boolean isEmpty() {
        return payload.length == 0;
    }

    public boolean isOk() {
        return payload.length == 2 && payload[0] == 'O' && payload[1] == 'K';
    }

    public boolean startsWith(char c) {
        return payload.length > 0 && payload[0] == c;
    }

    /** {@code O} and hexadecimal text: output that is no answer. */
    public boolean isOutput() {
        return startsWith('O') && !isOk() && payload.length % 2 == 1;
    }

    /** No answer to anything but a resume and {@code ?} begins like this, so it can be told from one. */
    public boolean looksLikeStop() {
        return payload.length >= 3
                && (payload[0] == 'T' || payload[0] == 'S' || payload[0] == 'W' || payload[0] == 'X')
                && Hex.digit(payload[1]) >= 0
                && Hex.digit(payload[2]) >= 0;
    }

    /** What {@code Enn} or {@code E.text} says; empty for all else, also for hexadecimal data that begins with E. */
    public Optional<RspFailure.StubError> error() {
        if (!startsWith('E') || payload.length < 2) {
            return Optional.empty();
        }
        if (payload[1] == '.') {
            return Optional.of(new RspFailure.StubError(0, text().substring(2)));
        }
        if (payload.length != 3 || Hex.digit(payload[1]) < 0 || Hex.digit(payload[2]) < 0) {
            return Optional.empty();
        }
        return Optional.of(new RspFailure.StubError(Hex.digit(payload[1]) << 4 | Hex.digit(payload[2]), ""));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RspPacket that && Arrays.equals(payload, that.payload);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(payload);
    }

    @Override
    public String toString() {
        return WireLog.printable(payload, 0, Math.min(payload.length, 64)) + (payload.length > 64 ? "..." : "");
    }
}
