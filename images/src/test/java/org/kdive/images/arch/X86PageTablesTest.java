package org.kdive.images.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;

final class X86PageTablesTest {
    private static final long CR0 = 0x80050033L;
    private static final long EFER = 0xd01;
    private static final long NX = 1L << 63;

    private final PhysicalRam ram = new PhysicalRam();

    // PML4 at 0x1000 -> PDPT 0x2000 -> PD 0x3000 -> PT 0x4000, for the top 2 GiB and for address 0
    private PageTables kernelHalf() {
        ram.put64(0x1000 + 511 * 8, 0x2063).put64(0x2000 + 510 * 8, 0x3063);
        return PageTables.x86(CR0, 0x1000, 0x6b0, EFER, ram);
    }

    @Test
    void walksFourLevelsToASmallPage() {
        PageTables tables = kernelHalf();
        ram.put64(0x3000 + 8 * 8, 0x4067).put64(0x4000 + 5 * 8, 0x1234_5161L | NX);
        Translation found = tables.translate(0xffffffff81005678L).orElseThrow();
        assertThat(found.physical()).isEqualTo(0x1234_5678);
        assertThat(found.pageBytes()).isEqualTo(0x1000);
        assertThat(found.bytesLeftInPage()).isEqualTo(0x988);
        assertThat(found.rights()).hasToString("r---");
        assertThat(tables.walk(0xffffffff81005678L).steps())
                .extracting(PageWalk.Step::level)
                .containsExactly("PML4", "PDPT", "PD", "PT");
    }

    @Test
    void stopsAtHugePages() {
        PageTables tables = kernelHalf();
        ram.put64(0x3000 + 8 * 8, 0x0660_10e3L); // 2 MiB; bit 12 is PAT, not address
        assertThat(tables.translate(0xffffffff811abcdeL)).hasValueSatisfying(found -> {
            assertThat(found.physical()).isEqualTo(0x067abcde);
            assertThat(found.pageBytes()).isEqualTo(0x200000);
            assertThat(found.rights()).hasToString("rwx-");
        });
        ram.put64(0x2000 + 511 * 8, 0x4000_00e3L);
        assertThat(tables.translate(0xffffffffc1234567L).orElseThrow().physical())
                .isEqualTo(0x41234567);
    }

    @Test
    void findsNothingWhereNothingIsMapped() {
        PageTables tables = kernelHalf();
        assertThat(tables.translate(0xffffffff81000000L)).isEmpty();
        assertThat(tables.translate(0x1000)).isEmpty();
        assertThat(tables.translate(0x8000_0000_0000L)).as("not canonical").isEmpty();
        ram.put64(0x3000 + 8 * 8, 0x7777_0000_0063L); // a table where there is no RAM
        assertThat(tables.walk(0xffffffff81000000L).steps()).hasSize(3);
        assertThat(tables.translate(0xffffffff81000000L)).isEmpty();
    }

    @Test
    void walksFiveLevelsWithLa57() {
        ram.put64(0x9000 + 511 * 8, 0x1063);
        ram.put64(0x1000 + 511 * 8, 0x2063).put64(0x2000 + 510 * 8, 0x3063).put64(0x3000 + 8 * 8, 0xe3);
        PageTables tables = PageTables.x86(CR0, 0x9000, 1L << 12 | 0x6b0, EFER, ram);
        assertThat(tables.translate(0xffffffff81000123L).orElseThrow().physical())
                .isEqualTo(0x123);
        assertThat(tables.walk(0xffffffff81000123L).steps()).hasSize(4);
        assertThat(tables.walk(0xffffffff81000123L).steps().get(0).level()).isEqualTo("PML5");
    }

    @Test
    void ignoresProcessNumbersInCr3AndFindsTheKernelsTables() {
        kernelHalf();
        ram.put64(0x3000 + 8 * 8, 0xe3);
        PageTables tables = PageTables.x86(CR0, 0x1005 | NX, 0x6b0, EFER, ram);
        assertThat(tables.translate(0xffffffff81000000L)).isPresent();
        assertThat(PageTables.kernelCr3(0x1234_5805L | NX)).isEqualTo(0x1234_4000L);
    }

    @Test
    void walksThePagingOf32BitKernels() {
        ram.put32(0x1000 + 768 * 4, 0x2063).put32(0x2000 + 3 * 4, 0x5063).put32(0x1000 + 769 * 4, 0x0080_00e3L);
        PageTables old = PageTables.x86(0x80000011L, 0x1000, 1 << 4, 0, ram);
        assertThat(old.translate(0xc0003abcL).orElseThrow().physical()).isEqualTo(0x5abc);
        assertThat(old.translate(0xc0412345L).orElseThrow().physical()).isEqualTo(0x812345);
        assertThat(old.translate(0x1_c000_3abcL)).isEmpty();
        ram.put64(0x8020 + 3 * 8, 0x9001).put64(0x9000, 0xa063).put64(0xa000 + 8, 0x1_0000_b067L);
        PageTables pae = PageTables.x86(0x80000011L, 0x8020, 1 << 5, 0, ram);
        assertThat(pae.translate(0xc0001002L).orElseThrow().physical()).isEqualTo(0x1_0000_b002L);
    }

    @Test
    void isTheIdentityBeforePaging() {
        PageTables off = PageTables.x86(0x11, 0, 0, 0, ram);
        assertThat(off.translate(0x7c00).orElseThrow().physical()).isEqualTo(0x7c00);
        assertThat(off.translate(1L << 32)).isEmpty();
    }

    @Test
    void readsAcrossPagesAndNamesTheAddressThatFaults() {
        PageTables tables = kernelHalf();
        ram.put64(0x3000 + 8 * 8, 0x4067).put64(0x4000, 0x7067).put64(0x4000 + 8, 0x6067);
        ram.put64(0x4000 + 16, 0x1000_0067L); // mapped, but no RAM there
        ram.put64(0x7ff8, 0x1122334455667788L).put64(0x6000, 0x99);
        Memory memory = tables.over(ram);
        assertThat(memory.read(0xffffffff81000ffeL, 4)).containsExactly(0x22, 0x11, 0x99, 0);
        assertThat(memory.read(0xffffffff81000ffeL, 0)).isEmpty();
        assertFaultAt(memory, 0xffffffff81001ff0L, 0xffffffff81002000L);
        assertFaultAt(memory, 0xffffffff81003000L, 0xffffffff81003000L);
    }

    private static void assertFaultAt(Memory memory, long from, long expected) {
        assertThatThrownBy(() -> memory.read(from, 64))
                .isInstanceOfSatisfying(
                        ImageException.class,
                        e -> assertThat(e.failure()).isEqualTo(new ImageFailure.MemoryFault(expected)));
    }
}
