package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class AddressIndexTest {
    private static final long SEED = 0x61646472;

    @Test
    void answersAsAWalkOverAllWould() {
        Random random = new Random(SEED);
        for (int round = 0; round < 400; round++) {
            long[] addresses = addresses(random, random.nextInt(60));
            AddressIndex index = new AddressIndex(addresses);
            for (int i = 0; i < 60; i++) {
                long wanted = addresses.length > 0 && i % 2 == 0
                        ? addresses[random.nextInt(addresses.length)] + random.nextInt(5) - 2
                        : address(random);
                assertThat(index.lastNotAbove(wanted)).as("0x%x", wanted).isEqualTo(walk(addresses, wanted));
            }
        }
    }

    private static int walk(long[] addresses, long wanted) {
        int last = -1;
        while (last + 1 < addresses.length && Long.compareUnsigned(addresses[last + 1], wanted) <= 0) {
            last++;
        }
        return last;
    }

    private static long[] addresses(Random random, int count) {
        long[] all = LongStream.generate(() -> address(random)).limit(count).toArray();
        return Arrays.stream(all)
                .boxed()
                .sorted(Long::compareUnsigned)
                .mapToLong(Long::longValue)
                .toArray();
    }

    /** Per-CPU offsets, a kernel's text, the ends of the address space, and anything else. */
    private static long address(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> random.nextInt(64);
            case 1 -> -1L - random.nextInt(3);
            case 2 -> random.nextLong();
            default -> 0xffffffff81000000L + random.nextInt(1 << (4 + random.nextInt(22)));
        };
    }
}
