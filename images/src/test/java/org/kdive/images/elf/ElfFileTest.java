package org.kdive.images.elf;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteOrder;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.ElfSymbols;
import org.kdive.images.symbols.Symbol;

final class ElfFileTest {
    private static final byte[] CODE = {1, 2, 3, 4, 5, 6, 7, 8};
    private static final byte[] DATA = {9, 10, 11, 12};

    @ParameterizedTest
    @CsvSource({"true,false,X86_64", "true,true,S390X", "false,false,ARM", "false,true,PPC"})
    void readsEitherClassInEitherOrder(boolean is64Bit, boolean big, Architecture architecture) {
        ElfFile elf = read(builder(is64Bit, big ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN, architecture));
        assertThat(elf.architecture()).contains(architecture);
        assertThat(elf.is64Bit()).isEqualTo(is64Bit);
        assertThat(elf.entry()).isEqualTo(0x1000000);
        assertThat(elf.sections()).extracting(Section::name).startsWith("", ".text", ".data");
        assertThat(elf.findSection(".text").map(elf::bytesOf).map(Bytes::toArray))
                .hasValue(CODE);
        assertThat(elf.findSection(".nothing")).isEmpty();
        assertThat(elf.memory().read(0x2002, 2)).containsExactly(11, 12);
        assertThat(ElfSymbols.read(elf).orElseThrow().stream())
                .containsExactly(new Symbol("start", 0x1000, 8, 'T'), new Symbol("word", 0x2000, 4, 'd'));
    }

    @Test
    void faultsAtTheFirstAddressThatIsNotThere() {
        ElfFile elf = read(builder(true, ByteOrder.LITTLE_ENDIAN, Architecture.X86_64));
        for (long address : new long[] {0, 0xfff, 0x1008, 0x2004, -1}) {
            assertThatThrownBy(() -> elf.memory().read(address, 1))
                    .extracting(e -> ((ImageException) e).failure())
                    .isEqualTo(new ImageFailure.MemoryFault(address));
        }
        assertThatThrownBy(() -> elf.memory().read(0x1006, 4)).isInstanceOf(ImageException.class);
    }

    @Test
    void callsPerCpuOffsetsAbsolute() {
        ElfFile elf = read(ElfBuilder.x86()
                .section(".text", Section.SHF_EXECINSTR, 0xffffffff81000000L, CODE)
                .symbol("_text", 1, 2, 0xffffffff81000000L, 0)
                .symbol("weak", 2, 2, 0xffffffff81000004L, 0)
                .symbol("cpu_number", 1, 1, 0x40, 0));
        assertThat(ElfSymbols.read(elf).orElseThrow().stream())
                .extracting(Symbol::type)
                .containsExactly('A', 'T', 'W');
    }

    @Test
    void readsPermissionsOfSections() {
        Section text = read(builder(true, ByteOrder.LITTLE_ENDIAN, Architecture.X86_64))
                .findSection(".text")
                .orElseThrow();
        assertThat(List.of(text.isLoaded(), text.isExecutable(), text.isWritable()))
                .containsExactly(true, true, false);
    }

    @Test
    void everyTruncationIsReported() {
        byte[] whole =
                builder(true, ByteOrder.LITTLE_ENDIAN, Architecture.X86_64).build();
        for (int length = 0; length < whole.length; length++) {
            Bytes cut = Bytes.of("cut", whole).slice(0, length);
            assertThatThrownBy(() -> ElfFile.read(cut)).isInstanceOf(ImageException.class);
        }
    }

    private static ElfBuilder builder(boolean is64Bit, ByteOrder order, Architecture architecture) {
        int machine = switch (architecture) {
            case X86_64 -> 62;
            case S390X -> 22;
            case ARM -> 40;
            case PPC -> 20;
            default -> throw new IllegalArgumentException(architecture.label());
        };
        return new ElfBuilder(is64Bit, order, machine)
                .section(".text", Section.SHF_EXECINSTR, 0x1000, CODE)
                .symbol("start", 1, 2, 0x1000, 8)
                .section(".data", Section.SHF_WRITE, 0x2000, DATA)
                .symbol("word", 0, 1, 0x2000, 4);
    }

    private static ElfFile read(ElfBuilder builder) {
        return ElfFile.read(Bytes.of("test.elf", builder.build()));
    }
}
