package org.kdive.images.arch;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class ArmPageTablesTest {
    private final PhysicalRam ram = new PhysicalRam();

    private static long tcr(int lowerGranule, int lowerSize, int upperGranule, int upperSize) {
        return (long) lowerGranule << 14 | lowerSize | (long) upperGranule << 30 | (long) upperSize << 16;
    }

    @Test
    void walksArm64WithPagesOf4K() {
        ram.put64(0x1000 + 256 * 8, 0x2003).put64(0x2000, 0x3003).put64(0x3000 + 64 * 8, 0x4003);
        ram.put64(0x4000 + 8, 0x0060_0000_4567_8f03L | 1L << 54).put64(0x3000 + 65 * 8, 0x4020_0711L);
        PageTables tables = PageTables.arm64(0, 0x00ab_0000_0000_1001L, tcr(0, 16, 2, 16), 1, ram); // ASID and CnP set
        Translation page = tables.translate(0xffff800008001234L).orElseThrow();
        assertThat(page.physical()).isEqualTo(0x45678234);
        assertThat(page.rights()).hasToString("rw--");
        Translation block = tables.translate(0xffff800008212345L).orElseThrow();
        assertThat(block.physical()).isEqualTo(0x40212345);
        assertThat(block.pageBytes()).isEqualTo(0x200000);
        assertThat(tables.translate(0xffff800008400000L)).isEmpty();
        assertThat(tables.translate(0x1234)).isEmpty();
        assertThat(tables.translate(0xfffe800008001234L))
                .as("outside the 48 bits")
                .isEmpty();
    }

    @Test
    void takesAddressSizesFromTcr() {
        // 39 bits: the walk begins at level 1
        ram.put64(0x1000 + 8, 0x8000_0401L | 0x80 | 0x40);
        PageTables tables = PageTables.arm64(0x1000, 0, tcr(0, 25, 2, 25) | 1L << 37, 1, ram);
        PageWalk walk = tables.walk(0x5500_0000_4000_0123L);
        assertThat(walk.steps()).extracting(PageWalk.Step::level).containsExactly("level 1");
        assertThat(walk.translation()).hasValueSatisfying(found -> {
            assertThat(found.physical()).isEqualTo(0x80000123L);
            assertThat(found.pageBytes()).isEqualTo(1L << 30);
            assertThat(found.rights()).hasToString("r-xu");
        });
        assertThat(tables.translate(1L << 39)).isEmpty();
    }

    @Test
    void walksArm64WithPagesOf16KAnd64K() {
        // 16K, 47 bits: levels 1 (11 bits), 2, 3
        ram.put64(0x4000, 0x8003).put64(0x8000 + 8, 0xc003).put64(0xc000 + 2 * 8, 0x0123_4000_0703L);
        PageTables small = PageTables.arm64(0x4000, 0, tcr(2, 17, 0, 17), 1, ram);
        assertThat(small.walk(0x2000000L + 0x8000 + 0x77).translation())
                .hasValueSatisfying(found -> assertThat(found.physical()).isEqualTo(0x0123_4000_0077L));
        // 64K, 42 bits: levels 2, 3; with IPS=6 bits 15:12 of an entry are address bits 51:48
        ram.put64(0x10000 + 8, 0x20003).put64(0x20000 + 3 * 8, 0x0000_0000_5555_5703L);
        PageTables large = PageTables.arm64(0x10000, 0, tcr(1, 22, 0, 22) | 6L << 32, 1, ram);
        Translation found = large.translate((1L << 29) + 0x30000 + 0xabcd).orElseThrow();
        assertThat(found.physical()).isEqualTo(0x0005_0000_5555_abcdL);
        assertThat(found.pageBytes()).isEqualTo(0x10000);
    }

    @Test
    void walksWideAddressesWithSmallGranules() {
        // DS: 52-bit addresses with 4K pages start at level -1
        ram.put64(0x1000, 0x2003).put64(0x2000, 0x3003).put64(0x3000, 0x4003).put64(0x4000, 0x5003);
        ram.put64(0x5000 + 8, 0x0000_0000_0009_0303L);
        PageTables tables = PageTables.arm64(0x1000, 0, tcr(0, 12, 2, 12) | 1L << 59, 1, ram);
        PageWalk walk = tables.walk(0x1010);
        assertThat(walk.steps().get(0).level()).isEqualTo("level -1");
        assertThat(walk.translation().orElseThrow().physical()).isEqualTo(0x000c_0000_0009_0010L);
    }

    @Test
    void isTheIdentityBeforeTheMmuIsOn() {
        assertThat(PageTables.arm64(0, 0, 0, 0, ram)
                        .translate(0x40200000)
                        .orElseThrow()
                        .physical())
                .isEqualTo(0x40200000);
        assertThat(PageTables.arm(0, 0, 0, 0, ram).translate(0x8000)).isPresent();
    }

    @Test
    void refusesNonsenseInTcr() {
        assertThat(PageTables.arm64(0, 0, tcr(3, 16, 0, 16), 1, ram).translate(0))
                .isEmpty();
        assertThat(PageTables.arm64(0, 0, tcr(0, 0, 0, 0), 1, ram).translate(0)).isEmpty();
        assertThat(PageTables.arm64(0, 0, tcr(0, 63, 0, 63), 1, ram).translate(0))
                .isEmpty();
        assertThat(PageTables.arm64(0, 0, tcr(0, 16, 0, 16) | 1 << 7, 1, ram).translate(0))
                .as("EPD0")
                .isEmpty();
    }

    @Test
    void walksShortDescriptors() {
        ram.put32(0x4000 + 0xc00 * 4, 0x6000_0000L | 0xc02 | 1 << 15) // section, read-only
                .put32(0x4000 + 0xc01 * 4, 0x8001) // second level at 0x8000
                .put32(0x4000 + 0xc10 * 4, 0x7000_0000L | 1 << 18 | 0x402);
        ram.put32(0x8000 + 4 * 4, 0x0001_2032L).put32(0x8000 + 16 * 4, 0x0002_0011L);
        PageTables tables = PageTables.arm(0x4000, 0, 0, 1, ram);
        Translation section = tables.translate(0xc0012345L).orElseThrow();
        assertThat(section.physical()).isEqualTo(0x60012345);
        assertThat(section.rights()).hasToString("r-xu");
        assertThat(tables.translate(0xc0104567L).orElseThrow().physical()).isEqualTo(0x12567);
        assertThat(tables.translate(0xc0110567L).orElseThrow().physical()).isEqualTo(0x20567);
        Translation superSection = tables.translate(0xc1012345L).orElseThrow();
        assertThat(superSection.physical()).isEqualTo(0x70012345);
        assertThat(superSection.pageBytes()).isEqualTo(1 << 24);
        assertThat(tables.translate(0xc0105000L)).isEmpty();
    }

    @Test
    void sharesAddressesBetweenTheTwoTablesOfArm() {
        ram.put32(0x4000 + 0xc00 * 4, 0x6000_0c02L).put32(0xa000 + 4, 0x5000_0c02L);
        PageTables tables = PageTables.arm(0xa000, 0x4000, 1, 1, ram); // N=1: TTBR0 below 2 GiB
        assertThat(tables.translate(0x00100001).orElseThrow().physical()).isEqualTo(0x50000001);
        assertThat(tables.translate(0xc0000001L).orElseThrow().physical()).isEqualTo(0x60000001);
    }

    @Test
    void walksLongDescriptors() {
        ram.put64(0x5000 + 3 * 8, 0x6003).put64(0x6000, 0x7003).put64(0x7000 + 8, 0x1_2345_6703L);
        ram.put64(0x6000 + 8, 0x0080_0701L);
        PageTables tables = PageTables.arm(0x5000, 0, 1L << 31, 1, ram);
        assertThat(tables.translate(0xc0001abcL).orElseThrow().physical()).isEqualTo(0x1_2345_6abcL);
        assertThat(tables.translate(0xc0212345L).orElseThrow().physical()).isEqualTo(0x00812345);
        assertThat(tables.translate(0x1000)).isEmpty();
    }

    @Test
    void walksRiscv() {
        long root = 0x8000_1000L;
        ram.put64(root + 256 * 8, 0x2000_0801L).put64(0x8000_2000L + 3 * 8, 0x2000_0c01L);
        ram.put64(0x8000_3000L + 8, (0x12345L << 10) | 0xcf).put64(0x8000_2000L + 8, (0x80200L << 10) | 0x4b);
        PageTables tables = PageTables.riscv64(8L << 60 | root >>> 12, ram);
        Translation page = tables.translate(0xffffffc000601abcL).orElseThrow();
        assertThat(page.physical()).isEqualTo(0x12345abc);
        assertThat(page.rights()).hasToString("rwx-");
        assertThat(tables.translate(0xffffffc000212345L).orElseThrow().physical())
                .isEqualTo(0x80212345L);
        assertThat(tables.translate(0x4000000000L)).as("not canonical").isEmpty();
        assertThat(PageTables.riscv64(0, ram).translate(0x80000000L)).isPresent();
        assertThat(PageTables.riscv64(5L << 60, ram).translate(0x80000000L)).isEmpty();
        for (int mode = 9; mode <= 10; mode++) {
            assertThat(PageTables.riscv64((long) mode << 60 | root >>> 12, ram)
                            .walk(-1)
                            .steps())
                    .hasSize(1);
        }
    }
}
