package org.kdive.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kdive.images.btf.BtfBuilder;
import org.kdive.images.elf.ElfBuilder;
import org.kdive.images.elf.Section;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.symbols.SymbolTableBuilder;

final class ProgramTest {
    private static final long TEXT = KernelBuilder.TEXT;
    private static final int BTF_KIND_VAR = 14; // include/uapi/linux/btf.h
    private static final int BTF_KIND_DATASEC = 15;
    private static final long SLIDE = 0x1b200000L;

    private final SymbolTable table = new SymbolTableBuilder(8)
            .add("cpu_number", 0x40, 0, 'A')
            .add("_text", TEXT, 0, 'T')
            .add("start_kernel", TEXT + 0x100, 0, 'T')
            .add("clone.isra.0", TEXT + 0x200, 0, 't')
            .add("clone.isra.0.cold", TEXT + 0x300, 0, 't')
            .add("clone.of.another", TEXT + 0x400, 0, 't')
            .add("__pfx_padded", TEXT + 0x4f0, 0, 't')
            .add("padded", TEXT + 0x500, 0, 'T')
            .add("_end", TEXT + 0x600, 0, 'B')
            .build("kallsyms of test");
    private final Program linked = Program.of(KernelImage.of("test", KernelBuilder.vmlinux()), table);
    private final Program running = linked.slidBy(SLIDE);

    @Test
    void answersAsLinkedWhileTheSlideIsUnknown() {
        assertThat(linked.slideBytes()).isEmpty();
        assertThat(linked.requireSymbol("start_kernel").address()).isEqualTo(TEXT + 0x100);
        assertThat(linked.slidBy(0).slideBytes()).hasValue(0);
    }

    @Test
    void slidesSymbolsButNotPerCpuOffsets() {
        assertThat(running.requireSymbol("start_kernel").address()).isEqualTo(TEXT + 0x100 + SLIDE);
        assertThat(running.requireSymbol("cpu_number").address()).isEqualTo(0x40);
        assertThat(running.toLink(running.toRunTime(TEXT))).isEqualTo(TEXT);
    }

    @Test
    void describesRunTimeAddresses() {
        assertThat(running.describe(TEXT + SLIDE + 0x11b)).isEqualTo("start_kernel+27");
        assertThat(running.describe(TEXT + SLIDE + 0x100)).isEqualTo("start_kernel");
        assertThat(running.describe(TEXT + SLIDE + 0x4f8)).isEqualTo("padded-8");
        assertThat(running.describe(TEXT)).isEqualTo("0x%x".formatted(TEXT));
        assertThat(running.describe(0)).isEqualTo("0x0");
        assertThat(running.symbolAt(TEXT + SLIDE + 0x11b)).map(Symbol::name).contains("start_kernel");
    }

    @Test
    void findsWhatTheCompilerRenamed() {
        assertThat(running.findSymbols("clone"))
                .extracting(Symbol::name)
                .containsExactly("clone.isra.0", "clone.isra.0.cold");
        assertThat(running.findSymbols("clone.isra.0")).hasSize(1);
    }

    @Test
    void suggestsWhatWasMeant() {
        assertThatThrownBy(() -> running.requireSymbol("start_kernle"))
                .hasMessage("kallsyms of test: no symbol \"start_kernle\"; did you mean start_kernel?");
        assertThatThrownBy(() -> running.requireSymbol("zzzzzzzzzzzz"))
                .hasMessage("kallsyms of test: no symbol \"zzzzzzzzzzzz\"");
    }

    @Test
    void knowsTheSymbolsOfModules() {
        long base = 0xffffffffc0000000L;
        SymbolTable own = new SymbolTableBuilder(2)
                .add("tun_open", base + 0x40, 0x20, 't')
                .add("padded", base + 0x80, 0x20, 't')
                .build("symbols of module tun");
        Program program = running.withModules(
                List.of(new Program.LoadedModule("tun", own, address -> address >= base && address < base + 0x1000)));

        assertThat(program.describe(base + 0x44)).isEqualTo("tun_open+4 [tun]");
        assertThat(program.describe(base + 0x200)).isEqualTo("0x%x".formatted(base + 0x200));
        assertThat(program.describe(TEXT + SLIDE + 0x100)).isEqualTo("start_kernel");
        assertThat(program.findSymbols("tun_open")).hasSize(1);
        assertThat(program.findSymbols("tun:padded"))
                .extracting(Symbol::address)
                .containsExactly(base + 0x80);
        assertThat(program.findSymbols("padded"))
                .extracting(Symbol::address)
                .containsExactly(TEXT + 0x500 + SLIDE, base + 0x80);
        assertThat(program.findSymbols("other:padded")).isEmpty();
        assertThat(program.symbolNames("tun", 9)).containsExactly("tun_open");
        assertThat(running.findSymbols("tun_open")).isEmpty();
    }

    @Test
    void theTypesTellThePerCpuVariablesThatTheTableLacks() {
        long start = TEXT + 0x8000;
        BtfBuilder types = BtfBuilder.little();
        int word = types.integer("unsigned int", 4, false);
        int number = types.add(BTF_KIND_VAR, false, 0, "cpu_number", word, 1);
        int hidden = types.add(BTF_KIND_VAR, false, 0, "hidden", word, 0);
        types.add(BTF_KIND_DATASEC, false, 2, ".data..percpu", 0x100, number, 0x40, 4, hidden, 0x48, 4);
        byte[] vmlinux = ElfBuilder.x86()
                .section(".text", Section.SHF_EXECINSTR, TEXT, new byte[256])
                .section(".BTF", 0, TEXT + 0x1000, types.toArray())
                .build();
        SymbolTableBuilder exported = new SymbolTableBuilder(2).add("_text", TEXT, 0, 'T');
        KernelImage image = KernelImage.of("vmlinux", vmlinux);
        assertThat(Program.of(image, exported.build("functions")).findSymbol("hidden"))
                .isEmpty();

        exported.add("cpu_number", start + 0x40, 0, 'D');
        Program program = Program.of(image, exported.build("functions and exports"));
        assertThat(program.slidBy(SLIDE).requireSymbol("hidden"))
                .isEqualTo(new Symbol("hidden", start + 0x48 + SLIDE, 4, 'd'));
        assertThat(program.requireSymbol("__per_cpu_start").address()).isEqualTo(start);

        exported.add("__per_cpu_start", start, 0, 'D');
        assertThat(Program.of(image, exported.build("all")).findSymbol("hidden"))
                .isEmpty();
    }
}
