package org.kdive.images.arch;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kdive.images.Memory;

/** Tables of random entries, tables that are their own children, registers of any value. */
final class PageTablesFuzz {
    @Test
    void endsOnAnyTable() {
        Random random = new Random(20260101);
        Memory noise = (address, length) -> {
            byte[] bytes = new byte[length];
            random.nextBytes(bytes);
            bytes[0] |= (byte) random.nextInt(4);
            return bytes;
        };
        int found = 0;
        for (int round = 0; round < 20_000; round++) {
            for (PageTables tables : all(random, noise)) {
                long address = random.nextLong() >> random.nextInt(64);
                PageWalk walk = tables.walk(address);
                assertThat(walk.steps().size()).isLessThanOrEqualTo(6);
                if (walk.translation().isPresent()) {
                    found++;
                    Translation to = walk.translation().get();
                    assertThat(Long.bitCount(to.pageBytes())).isOne();
                    assertThat(to.physical() & 0xfff).isEqualTo(address & 0xfff);
                    assertThat(to.bytesLeftInPage()).isBetween(1L, to.pageBytes());
                }
            }
        }
        assertThat(found).isGreaterThan(1000);
    }

    private static List<PageTables> all(Random random, Memory noise) {
        long a = random.nextLong();
        long b = random.nextLong();
        long c = random.nextLong();
        return List.of(
                PageTables.x86(a, b, c, random.nextLong(), noise),
                PageTables.x86(1L << 31, b, c, 1 << 10, noise),
                PageTables.arm64(a, b, c, 1, noise),
                PageTables.arm64(a, b, 16 | 16 << 16 | 2L << 30, 1, noise),
                PageTables.arm(a, b, c, 1, noise),
                PageTables.riscv64(a, noise),
                PageTables.riscv64(a >>> 4 | 8L << 60, noise));
    }
}
