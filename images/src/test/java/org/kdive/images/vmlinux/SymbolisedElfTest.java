package org.kdive.images.vmlinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfBuilder;
import org.kdive.images.elf.ElfFile;
import org.kdive.images.elf.Section;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.symbols.ElfSymbols;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;

/** What is rebuilt is read back by our own reader, which readelf and gdb are held against elsewhere. */
final class SymbolisedElfTest {
    private static final long ARM64_BASE = 0xffff800008000000L;

    private static ElfFile rebuilt(byte[] kernel) throws IOException {
        SymbolisedElf elf = SymbolisedElf.of(KernelImage.of("kernel", kernel));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        elf.writeTo(out);
        assertThat(out.size()).isEqualTo(elf.sizeBytes());
        return ElfFile.read(Bytes.of("rebuilt", out.toByteArray()));
    }

    private static void assertHasSymbols(ElfFile elf, List<Symbol> wanted) {
        SymbolTable table = ElfSymbols.read(elf).orElseThrow();
        assertThat(table.size()).isEqualTo(wanted.size());
        for (Symbol symbol : wanted) {
            assertThat(table.findAll(symbol.name()))
                    .as(symbol.name())
                    .anyMatch(found -> found.address() == symbol.address());
        }
    }

    @Test
    void aBzImageBecomesItsVmlinuxWithSymbols() throws IOException {
        byte[] vmlinux = KernelBuilder.vmlinux();
        ElfFile elf = rebuilt(KernelBuilder.bzImage(Compression.GZIP, vmlinux));

        assertHasSymbols(elf, KernelBuilder.symbols(KernelBuilder.TEXT));
        for (String name : new String[] {".text", ".rodata", ".notes"}) {
            Section section = elf.findSection(name).orElseThrow();
            ElfFile before = ElfFile.read(Bytes.of("before", vmlinux));
            assertThat(elf.bytesOf(section).toArray())
                    .isEqualTo(before.bytesOf(before.findSection(name).orElseThrow())
                            .toArray());
        }
        assertThat(elf.segments()).hasSize(3);
    }

    @Test
    void localSymbolsComeFirstAsTheFormatWants() throws IOException {
        ElfFile elf = rebuilt(KernelBuilder.bzImage(Compression.NONE, KernelBuilder.vmlinux()));
        Section table = elf.findSection(".symtab").orElseThrow();
        Bytes symbols = elf.bytesOf(table);
        int entries = symbols.size() / 24;
        int index = elf.sections().indexOf(table);
        long headers = elf.bytes().u64At(0x28);
        long locals = elf.bytes().u32At(headers + 64L * index + 44);
        for (int i = 0; i < entries; i++) {
            assertThat(symbols.u8At(24L * i + 4) >> 4 == 0).as("symbol " + i).isEqualTo(i < locals);
        }
    }

    @Test
    void anArm64ImageGetsSectionsAtItsLinkAddresses() throws IOException {
        ElfFile elf = rebuilt(KernelBuilder.arm64Image(ARM64_BASE, true));

        assertThat(elf.architecture()).hasValue(Architecture.ARM64);
        assertThat(elf.entry()).isEqualTo(ARM64_BASE);
        assertHasSymbols(elf, KernelBuilder.symbols(ARM64_BASE + 0x10000));
        Section bss = elf.findSection(".bss").orElseThrow();
        assertThat(bss.address() + bss.sizeBytes()).isEqualTo(ARM64_BASE + 0x400000);
        assertThat(elf.offsetOf(ARM64_BASE + 0x400)).isPresent();
        String banner = elf.bytes().textAt(elf.offsetOf(ARM64_BASE + 0x400).getAsLong(), 200);
        assertThat(banner).startsWith("Linux version");
    }

    @Test
    void anArmZImageBecomesA32BitFile() throws IOException {
        ElfFile elf = rebuilt(KernelBuilder.armZImage(Compression.GZIP, KernelBuilder.armKernel()));

        assertThat(elf.is64Bit()).isFalse();
        assertThat(elf.architecture()).hasValue(Architecture.ARM);
        assertHasSymbols(elf, KernelBuilder.symbols(0xc0300000L));
    }

    @Test
    void aKernelWithSymbolsStaysAsItIs() throws IOException {
        byte[] whole = ElfBuilder.x86()
                .section(".text", Section.SHF_EXECINSTR, KernelBuilder.TEXT, new byte[64])
                .symbol("_text", 1, 2, KernelBuilder.TEXT, 64)
                .build();
        SymbolisedElf elf = SymbolisedElf.of(KernelImage.of("vmlinux", whole));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        elf.writeTo(out);

        assertThat(elf.addedSymbols()).isZero();
        assertThat(out.toByteArray()).isEqualTo(whole);
    }

    @Test
    void aKernelWithoutKallsymsSaysWhichOptionItLacks() {
        byte[] bare = ElfBuilder.x86()
                .section(".text", Section.SHF_EXECINSTR, KernelBuilder.TEXT, new byte[64])
                .build();

        assertThatThrownBy(() -> SymbolisedElf.of(KernelImage.of("vmlinux", bare)))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("CONFIG_KALLSYMS");
    }

    @ParameterizedTest
    @EnumSource(names = {"GZIP", "NONE"})
    void damagedKernelsAreRefusedOrRebuilt(Compression compression) throws IOException {
        Random random = new Random(0x656c66);
        byte[] vmlinux = KernelBuilder.vmlinux();
        for (int round = 0; round < 300; round++) {
            byte[] damaged = vmlinux.clone();
            for (int flips = 0; flips <= round % 6; flips++) {
                int range = round % 2 == 0 ? 0x200 : damaged.length;
                int at = random.nextInt(range);
                // headers at the front, section headers at the end
                damaged[round % 4 == 1 ? damaged.length - 1 - at % 0x200 : at] ^= (byte) (1 << random.nextInt(8));
            }
            byte[] file = KernelBuilder.bzImage(
                    compression, round % 5 == 0 ? Arrays.copyOf(damaged, random.nextInt(damaged.length)) : damaged);
            try {
                rebuilt(file);
            } catch (ImageException expected) {
                assertThat(expected).hasMessageContaining("kernel");
            }
        }
    }
}
