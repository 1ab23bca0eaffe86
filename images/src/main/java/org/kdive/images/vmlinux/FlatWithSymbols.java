package org.kdive.images.vmlinux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.Architecture;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.Section;
import org.kdive.images.elf.Segment;
import org.kdive.images.symbols.SymbolTable;

/** A kernel without headers, such as an arm64 Image, as an ELF executable at the addresses it is linked at. */
final class FlatWithSymbols {
    private static final int ET_EXEC = 2;
    private static final int PF_R = 4;
    private static final int PF_W = 2;
    private static final int PF_X = 1;
    private static final int PAGE = 4096;

    private FlatWithSymbols() {}

    static SymbolisedElf of(KernelImage kernel, SymbolTable symbols) {
        long base = kernel.linkAddressOf(0)
                .orElseThrow(() -> SymbolisedElf.missing(kernel, "nothing tells where this kernel is linked"));
        Bytes image = kernel.payload();
        Architecture architecture = kernel.architecture();
        ElfEncoder encoder = new ElfEncoder(architecture.pointerBytes() == 8, image.order());
        List<Section> sections = new ArrayList<>(List.of(new Section("", 0, 0, 0, 0, 0, 0, 0)));
        long memoryBytes = kernel.memoryBytes().orElse(image.size());
        sections.addAll(FlatSections.of(symbols, base, image.size(), memoryBytes, PAGE));
        List<Section> loaded = sections.subList(1, sections.size());

        SectionNames names = new SectionNames(sections);
        Tail tail = new Tail(encoder, PAGE + (long) image.size());
        tail.add(symbols, sections, encode(encoder, sections, names), names.table());
        byte[] header = encoder.header(new ElfEncoder.Header(
                ET_EXEC,
                architecture.elfMachine(),
                flags(architecture),
                base,
                loaded.size(),
                tail.tableOffset(),
                sections.size() + Tail.addedSections()));
        ByteBuffer front = ByteBuffer.allocate(PAGE).order(encoder.order());
        front.put(header);
        loaded.forEach(section -> encoder.segment(front, segment(section), PAGE));
        return new SymbolisedElf(List.of(front.array()), image, tail.parts(), symbols.size());
    }

    private static byte[] encode(ElfEncoder encoder, List<Section> sections, SectionNames names) {
        ByteBuffer out =
                ByteBuffer.allocate(sections.size() * encoder.sectionBytes()).order(encoder.order());
        for (int i = 0; i < sections.size(); i++) {
            encoder.section(out, names.offset(i), sections.get(i), 0, i == 0 ? 0 : 4);
        }
        return out.array();
    }

    private static Segment segment(Section section) {
        int flags = PF_R | (section.isExecutable() ? PF_X : 0) | (section.isWritable() ? PF_W : 0);
        long fileBytes = section.type() == Section.SHT_NOBITS ? 0 : section.sizeBytes();
        return new Segment(
                Segment.PT_LOAD,
                flags,
                section.offset(),
                section.address(),
                section.address(),
                fileBytes,
                section.sizeBytes());
    }

    /** What a disassembler needs to be told of the architecture's variant; 0 where nothing. */
    private static int flags(Architecture architecture) {
        return switch (architecture) {
            case ARM -> 0x05000000; // EF_ARM_EABI_VER5, ELF for the Arm Architecture, 5.2
            case RISCV64, RISCV32 -> 1; // EF_RISCV_RVC, RISC-V ELF psABI, 8.1
            case X86_64, X86_32, ARM64, LOONGARCH64, MIPS64, MIPS, PPC64, PPC, S390X -> 0;
        };
    }
}
