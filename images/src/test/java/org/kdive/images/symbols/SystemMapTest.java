package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

final class SystemMapTest {
    @Test
    void readsALineASymbol() {
        SymbolTable table = SystemMap.read(text("ffffffff81000000 T _text\nffffffff81000100 t foo.isra.0\n"));
        assertThat(table.stream())
                .containsExactly(
                        new Symbol("_text", 0xffffffff81000000L, 0x100, 'T'),
                        new Symbol("foo.isra.0", 0xffffffff81000100L, 0, 't'));
    }

    @Test
    void callsPerCpuOffsetsAbsoluteAsKallsymsDoes() {
        SymbolTable table = SystemMap.read(text("0000000000000000 D __per_cpu_start\nffffffff81000000 T _text"));
        assertThat(table.find("__per_cpu_start"))
                .hasValueSatisfying(s -> assertThat(s.isAbsolute()).isTrue());
    }

    @Test
    void readsAddressesOf32Bits() {
        SymbolTable table = SystemMap.read(text("c0008000 T _text\nc0008100 T next\n"));
        assertThat(table.find("_text")).contains(new Symbol("_text", 0xc0008000L, 0x100, 'T'));
    }

    @Test
    void readsProcKallsymsWithModules() {
        SymbolTable table = SystemMap.readProcKallsyms(text(
                "ffffffffa5c00000 T _text\nffffffffc0339000 t tun_init\t[tun]\nffffffffa5d00000 T start_kernel\n"));
        assertThat(table.stream().map(Symbol::name)).containsExactly("_text", "start_kernel", "tun_init");
    }

    @Test
    void refusesBlankedAddresses() {
        Bytes blanked = text("0000000000000000 T _text\n0000000000000000 T start_kernel\n");
        assertThatThrownBy(() -> SystemMap.readProcKallsyms(blanked)).hasMessageContaining("kptr_restrict");
    }

    @Test
    void refusesThePlaceholderThatDebianShips() {
        Bytes placeholder =
                text("ffffffffffffffff B The real System.map is in the linux-image-<version>-dbg package\n");
        // One line that looks like a symbol called "The": nothing in it says kernel.
        assertThatThrownBy(() -> SystemMap.read(placeholder))
                .extracting(e -> ((ImageException) e).failure())
                .isInstanceOf(ImageFailure.Malformed.class);
    }

    @Test
    void saysWhereALineIsNone() {
        for (String bad : new String[] {"nonsense", "ffff", "ffffffff81000000 T", "12345678901234567 T x", "1 Tx y"}) {
            Bytes text = text("ffffffff81000000 T _text\n" + bad + "\n");
            assertThatThrownBy(() -> SystemMap.read(text))
                    .extracting(e -> ((ImageException) e).failure())
                    .isEqualTo(new ImageFailure.Malformed("map", 25, "not a line of \"address type name\""));
        }
        assertThatThrownBy(() -> SystemMap.read(text(""))).hasMessageContaining("no symbols");
    }

    private static Bytes text(String text) {
        return Bytes.of("map", text.getBytes(StandardCharsets.ISO_8859_1));
    }
}
