package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ConsoleRingTest {
    @Test
    void agreesWithAnArrayThatForgetsNothing() {
        Random random = new Random(3);
        byte[] all = new byte[20_000];
        random.nextBytes(all);
        ConsoleRing ring = new ConsoleRing(257);
        int added = 0;
        while (added < all.length) {
            int length = Math.min(random.nextInt(random.nextBoolean() ? 20 : 600), all.length - added);
            ring.add(Arrays.copyOfRange(all, added, added + length), length);
            added += length;
            assertThat(ring.end()).isEqualTo(added);
            assertThat(ring.start()).isEqualTo(Math.max(0, added - 257));
            int from = random.nextInt(added + 1);
            int oldest = (int) Math.max(from, ring.start());
            assertThat(ring.copyFrom(from)).isEqualTo(Arrays.copyOfRange(all, oldest, added));
        }
    }

    @Test
    void hasNothingBeyondItsEnd() {
        ConsoleRing ring = new ConsoleRing(8);
        assertThat(ring.copyFrom(0)).isEmpty();
        ring.add(new byte[] {1, 2, 3}, 3);
        assertThat(ring.copyFrom(3)).isEmpty();
        assertThat(ring.copyFrom(99)).isEmpty();
    }
}
