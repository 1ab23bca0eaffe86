package org.kdive.gdbrsp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoder against noise. Seeds are fixed: a failure repeats. */
final class WireFuzz {
    private static final int LIMIT = 256;
    private static final byte[] PUNCTUATION = {'$', '#', '%', '+', '-', '}', '*', '~', ' ', '0', 'a', 'f', 3, 0};

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
    void splittingNeverChangesTheFrames(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            byte[] wire = noise(random, random.nextInt(200));
            assertThat(decode(wire, random)).isEqualTo(decode(wire, null));
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13, 14})
    void afterAnyNoiseAGoodPacketIsFound(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 500; round++) {
            RspFrameDecoder decoder = new RspFrameDecoder(LIMIT);
            List<String> frames = new ArrayList<>();
            byte[] noise = noise(random, random.nextInt(100));
            decoder.decode(noise, 0, noise.length, frame -> {});
            // #00 ends whatever packet the noise began; the dollar after it begins a good one
            byte[] good = "#00$OK#9a".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
            decoder.decode(good, 0, good.length, frame -> frames.add(show(frame)));
            assertThat(frames).last().isEqualTo("OK");
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22})
    void aStreamWithoutEndHoldsNoMemory(long seed) {
        Random random = new Random(seed);
        RspFrameDecoder decoder = new RspFrameDecoder(LIMIT);
        int[] largest = {0};
        byte[] begin = {'$'};
        decoder.decode(begin, 0, 1, frame -> {});
        for (int round = 0; round < 500; round++) {
            byte[] wire = noise(random, 4096);
            decoder.decode(wire, 0, wire.length, frame -> {
                if (frame instanceof RspFrame.Packet it) {
                    largest[0] = Math.max(largest[0], it.packet().payload().length);
                }
            });
        }
        assertThat(largest[0]).isLessThanOrEqualTo(LIMIT);
    }

    private static byte[] noise(Random random, int length) {
        byte[] out = new byte[length];
        for (int i = 0; i < length; i++) {
            out[i] = random.nextInt(3) == 0
                    ? (byte) random.nextInt(256)
                    : PUNCTUATION[random.nextInt(PUNCTUATION.length)];
        }
        return out;
    }

    /** Noise is joined: how it is cut is the reader's doing. */
    private static List<String> decode(byte[] wire, @org.jspecify.annotations.Nullable Random cuts) {
        RspFrameDecoder decoder = new RspFrameDecoder(LIMIT);
        List<String> frames = new ArrayList<>();
        int at = 0;
        while (at < wire.length) {
            int end = cuts == null ? wire.length : Math.min(wire.length, at + 1 + cuts.nextInt(7));
            decoder.decode(wire, at, end, frame -> {
                int last = frames.size() - 1;
                String shown = show(frame);
                if (frame instanceof RspFrame.Noise
                        && last >= 0
                        && frames.get(last).startsWith("noise")) {
                    frames.set(last, frames.get(last) + shown.substring("noise".length()));
                } else {
                    frames.add(shown);
                }
            });
            at = end;
        }
        return frames;
    }

    private static String show(RspFrame frame) {
        if (frame instanceof RspFrame.Packet it) {
            return it.packet().text();
        }
        if (frame instanceof RspFrame.Noise it) {
            return "noise" + new String(it.bytes(), java.nio.charset.StandardCharsets.ISO_8859_1);
        }
        return frame instanceof RspFrame.Notification it ? "%" + it.packet().text() : frame.toString();
    }
}
