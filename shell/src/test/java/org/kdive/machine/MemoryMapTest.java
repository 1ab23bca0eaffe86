package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** QEMU's text, as 7.2 writes it for a pc with 4 GiB, and what is made of it. */
final class MemoryMapTest {
    private static final String PC_4G = """
            FlatView #0
             AS "I/O", root: io
             Root memory region: io
              0000000000000000-0000000000000007 (prio 0, i/o): dma-chan

            FlatView #1
             AS "memory", root: system
             AS "cpu-memory-0", root: system
             Root memory region: system
              0000000000000000-000000000009ffff (prio 0, ram): ram
              00000000000c0000-00000000000cafff (prio 0, rom): ram @00000000000c0000 KVM
              00000000000fffff-00000000000fffff (prio 0, rom): pc.bios @000000000001ffff
              0000000000100000-00000000bfffffff (prio 0, ram): ram @0000000000100000
              00000000fec00000-00000000fec00fff (prio 0, i/o): ioapic
              0000000100000000-000000013fffffff (prio 0, ram): ram @00000000c0000000

            FlatView #2
             AS "other", root: other
              0000000000000000-ffffffffffffffff (prio 0, ram): ram
            """;

    @Test
    void findsRamAboveTheHoleWhereTheFileContinues() {
        MemoryMap map = MemoryMap.parse(PC_4G);
        assertThat(map.ranges()).hasSize(4);
        assertThat(map.find(0x1_0000_1000L)).contains(new MemoryMap.Range(0x1_0000_0000L, 0x4000_0000L, 0xc000_0000L));
        assertThat(map.find(0xbfff_ffffL)).isPresent();
    }

    @Test
    void hasNothingWhereThereIsNoRam() {
        MemoryMap map = MemoryMap.parse(PC_4G);
        assertThat(map.find(0xc000_0000L)).isEmpty();
        assertThat(map.find(0xfec0_0000L)).isEmpty();
        assertThat(map.find(-1)).isEmpty();
        assertThat(MemoryMap.parse("unknown command: 'info mtree'\r\n").ranges())
                .isEmpty();
    }

    @Test
    void readsLinesThatEndLikeHmp() {
        assertThat(MemoryMap.parse(PC_4G.replace("\n", "\r\n")).ranges()).hasSize(4);
    }

    @Test
    void tellsRamRomDevicesAndHolesApart() {
        MemoryMap map = MemoryMap.parse(PC_4G);
        assertThat(map.areas()).hasSize(6);
        assertThat(map.areaAt(0xfec0_0010L))
                .contains(new MemoryMap.Area(MemoryMap.Kind.DEVICE, 0xfec0_0000L, 0x1000, "ioapic"));
        assertThat(map.areaAt(0xf_ffffL).map(MemoryMap.Area::kind)).contains(MemoryMap.Kind.ROM);
        assertThat(map.areaAt(0x1000).map(MemoryMap.Area::kind)).contains(MemoryMap.Kind.RAM);
        assertThat(map.areaAt(0xa_0000L)).isEmpty();
    }
}
