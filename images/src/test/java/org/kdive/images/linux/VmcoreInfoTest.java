package org.kdive.images.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.bytes.ByteWriter;
import org.kdive.images.bytes.Bytes;

final class VmcoreInfoTest {
    private static final String TEXT = """
            OSRELEASE=6.1.0-56-arm64
            BUILD-ID=71727bea18c7691dd1bf0705aaadd3f9da34d39d
            PAGESIZE=4096
            SYMBOL(swapper_pg_dir)=ffff8000094e2000
            SYMBOL(node_online_map)=ffff800009a0b4a8
            OFFSET(list_head.next)=0
            OFFSET(page.lru)=8
            NUMBER(PG_slab)=9
            NUMBER(PHYS_OFFSET)=0x40000000
            NUMBER(phys_base)=-4096
            KERNELOFFSET=1b200000
            CRASHTIME=later
            """;

    private static byte[] note(String text, ByteOrder order) {
        return new ByteWriter(order)
                .u32(11)
                .u32(text.length())
                .u32(0)
                .cstring("VMCOREINFO")
                .align(4)
                .text(text)
                .align(4)
                .toArray();
    }

    private static VmcoreInfo parsed() {
        return VmcoreInfo.parse(TEXT);
    }

    @Test
    void tellsEachKindOfFact() {
        assertThat(parsed().release()).contains("6.1.0-56-arm64");
        assertThat(parsed().buildId()).contains("71727bea18c7691dd1bf0705aaadd3f9da34d39d");
        assertThat(parsed().symbol("swapper_pg_dir")).hasValue(0xffff8000094e2000L);
        assertThat(parsed().offset("page.lru")).hasValue(8);
        assertThat(parsed().number("PG_slab")).hasValue(9);
        assertThat(parsed().number("PHYS_OFFSET")).hasValue(0x40000000L);
        assertThat(parsed().number("phys_base")).hasValue(-4096);
        assertThat(parsed().slideBytes()).hasValue(0x1b200000L);
        assertThat(parsed().symbol("prb")).isEmpty();
    }

    @Test
    void whatMakesNoSenseIsNotThere() {
        VmcoreInfo info = VmcoreInfo.parse("KERNELOFFSET=zz\nSYMBOL(a)=\n=b\nNUMBER(x)=0x\nOSRELEASE=5\0SYMBOL(b)=1");
        assertThat(info.slideBytes()).isEmpty();
        assertThat(info.symbol("a")).isEmpty();
        assertThat(info.number("x")).isEmpty();
        assertThat(info.release()).contains("5");
        assertThat(info.symbol("b")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"LITTLE", "BIG"})
    void readsANoteThatIsWhole(String order) {
        ByteOrder bytes = order.equals("BIG") ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
        byte[] note = note(TEXT, bytes);
        assertThat(VmcoreInfo.ofNote(Bytes.of("note", note).withOrder(bytes)).flatMap(VmcoreInfo::release))
                .contains("6.1.0-56-arm64");
        int end = 24 + TEXT.length();
        for (int cut = 0; cut < end; cut++) {
            assertThat(VmcoreInfo.ofNote(
                            Bytes.of("note", java.util.Arrays.copyOf(note, cut)).withOrder(bytes)))
                    .isEmpty();
        }
        note[8] = 1;
        assertThat(VmcoreInfo.ofNote(Bytes.of("note", note).withOrder(bytes))).isEmpty();
    }

    @Test
    void aRunningKernelTellsWhatItsTableLacks() {
        FakeKernel kernel =
                new FakeKernel().symbol("vmcoreinfo_note", 0x1000, 'b').put(0x1000, 0L);
        assertThat(kernel.live().findAddress("swapper_pg_dir")).isEmpty();
        assertThat(kernel.put(0x1000, 0x99000L).live().findAddress("swapper_pg_dir"))
                .isEmpty();

        byte[] note = note(TEXT, ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < note.length; i++) {
            kernel.put(0x99000L + i, note[i], 1);
        }
        LiveKernel live = kernel.live();
        assertThat(live.findAddress("swapper_pg_dir")).hasValue(0xffff8000094e2000L);
        assertThat(live.findAddress("vmcoreinfo_note")).hasValue(0x1000);
        assertThat(live.findAddress("mem_section")).isEmpty();
    }
}
