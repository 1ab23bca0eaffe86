package org.kdive.gdbrsp.wire;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * Bytes in, frames out; no I/O. Takes any split of the stream. Not thread-safe: it belongs to one event loop.
 * GDB manual, "Overview" of the remote protocol.
 */
public final class RspFrameDecoder {
    // $ payload # hh      hh: sum of the payload's bytes on the wire mod 256
    //   } c               the byte c ^ 0x20
    //   c * n             c, and n - 29 times more; n from ' ' to '~'
    private static final int REPEAT_BIAS = 29;
    private static final int MOST_NOISE = 4096;

    private enum State {
        OUTSIDE,
        PAYLOAD,
        ESCAPED,
        REPEAT,
        CHECKSUM_HIGH,
        CHECKSUM_LOW
    }

    private final int limitBytes;
    private State state = State.OUTSIDE;
    private byte[] payload = new byte[512];
    private int size;
    private int sum;
    private int claimed;
    private boolean notification;
    private String damage = "";
    private byte[] noise = new byte[16];
    private int noiseSize;

    /** A payload that decodes to more than {@code limitBytes} comes out as damaged; no more than that is ever held. */
    public RspFrameDecoder(int limitBytes) {
        this.limitBytes = limitBytes;
    }

    /** Decodes what it can; an unfinished packet waits for the next call, noise does not. */
    public void decode(byte[] bytes, int from, int to, Consumer<RspFrame> frames) {
        for (int i = from; i < to; i++) {
            step(bytes[i] & 0xff, frames);
        }
        flushNoise(frames);
    }

    private void step(int c, Consumer<RspFrame> frames) {
        switch (state) {
            case OUTSIDE -> outside(c, frames);
            case PAYLOAD -> inside(c, frames);
            case ESCAPED -> {
                sum += c;
                append(c ^ 0x20, 1);
                state = State.PAYLOAD;
            }
            case REPEAT -> repeat(c);
            case CHECKSUM_HIGH -> {
                claimed = Hex.digit(c);
                state = State.CHECKSUM_LOW;
            }
            case CHECKSUM_LOW -> finish(claimed << 4 | Hex.digit(c), frames);
        }
    }

    private void outside(int c, Consumer<RspFrame> frames) {
        if (c == '$' || c == '%') {
            flushNoise(frames);
            begin(c == '%');
        } else if (c == '+' || c == '-') {
            flushNoise(frames);
            frames.accept(c == '+' ? new RspFrame.Ack() : new RspFrame.Nak());
        } else {
            if (noiseSize == noise.length) {
                if (noiseSize == MOST_NOISE) {
                    flushNoise(frames);
                } else {
                    noise = Arrays.copyOf(noise, Math.min(2 * noiseSize, MOST_NOISE));
                }
            }
            noise[noiseSize++] = (byte) c;
        }
    }

    private void begin(boolean isNotification) {
        state = State.PAYLOAD;
        notification = isNotification;
        size = 0;
        sum = 0;
        damage = "";
    }

    private void inside(int c, Consumer<RspFrame> frames) {
        switch (c) {
            case '#' -> state = State.CHECKSUM_HIGH;
            case '$' -> {
                // never part of a payload: the end of the packet before it was lost
                if (!notification) {
                    frames.accept(new RspFrame.Damaged("a packet broke off after " + size + " bytes"));
                }
                begin(false);
            }
            case '}' -> {
                sum += c;
                state = State.ESCAPED;
            }
            case '*' -> {
                sum += c;
                state = State.REPEAT;
            }
            default -> {
                sum += c;
                append(c, 1);
            }
        }
    }

    private void repeat(int c) {
        sum += c;
        state = State.PAYLOAD;
        if (c < ' ' || c > '~' || size == 0) {
            damage = "a repeat count of " + (c - REPEAT_BIAS) + " after " + size + " bytes";
        } else {
            append(payload[size - 1], c - REPEAT_BIAS);
        }
    }

    private void append(int c, int times) {
        if (times > limitBytes - size) {
            damage = "a packet of more than " + limitBytes + " bytes";
            return;
        }
        if (times > payload.length - size) {
            payload = Arrays.copyOf(payload, Math.min(limitBytes, Math.max(2 * payload.length, size + times)));
        }
        Arrays.fill(payload, size, size + times, (byte) c);
        size += times;
    }

    private void finish(int checksum, Consumer<RspFrame> frames) {
        state = State.OUTSIDE;
        if (damage.isEmpty() && checksum != (sum & 0xff)) {
            damage = "checksum %02x for a sum of %02x".formatted(checksum & 0xff, sum & 0xff);
        }
        if (!damage.isEmpty()) {
            if (!notification) {
                frames.accept(new RspFrame.Damaged(damage));
            }
            return;
        }
        RspPacket packet = new RspPacket(Arrays.copyOf(payload, size));
        frames.accept(notification ? new RspFrame.Notification(packet) : new RspFrame.Packet(packet));
    }

    private void flushNoise(Consumer<RspFrame> frames) {
        if (noiseSize > 0) {
            frames.accept(new RspFrame.Noise(Arrays.copyOf(noise, noiseSize)));
            noiseSize = 0;
        }
    }
}
