package org.kdive.images.vmlinux;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;
import org.kdive.images.elf.Section;
import org.kdive.images.elf.Segment;
import org.kdive.images.symbols.SymbolTable;

/** The ELF file inside a bzImage, its bytes and sections as they are, with a symbol table behind them. */
final class ElfWithSymbols {
    private static final int SHT_PROGBITS = 1;
    private static final int PF_X = 1;
    private static final int PF_W = 2;
    private static final int MOST_SECTIONS = 0xff00 - 8; // from there on numbers mean something else, gABI "Sections"

    private final ElfFile elf;
    private final ElfEncoder encoder;
    private final Bytes bytes;

    private ElfWithSymbols(ElfFile elf) {
        this.elf = elf;
        this.encoder = new ElfEncoder(elf.is64Bit(), elf.order());
        this.bytes = elf.bytes();
    }

    static SymbolisedElf of(ElfFile elf, SymbolTable symbols) {
        return new ElfWithSymbols(elf).build(symbols);
    }

    private SymbolisedElf build(SymbolTable symbols) {
        Tail tail = new Tail(encoder, bytes.size());
        List<Section> sections = elf.sections().isEmpty() ? ofSegments() : elf.sections();
        if (sections.size() > MOST_SECTIONS) {
            throw bytes.malformedAt(0, "%d sections".formatted(sections.size()));
        }
        if (elf.sections().isEmpty()) {
            SectionNames names = new SectionNames(sections);
            tail.add(symbols, sections, encode(sections, names), names.table());
        } else {
            tail.add(symbols, sections, keptHeaders(), keptNames());
        }
        byte[] header = header(tail.tableOffset(), sections.size() + Tail.addedSections());
        Bytes rest = bytes.sliceFrom(header.length);
        return new SymbolisedElf(List.of(header), rest, tail.parts(), symbols.size());
    }

    /** The file's own header with its e_shoff, e_shentsize, e_shnum and e_shstrndx replaced. */
    private byte[] header(long tableOffset, int sections) {
        ByteBuffer header = ByteBuffer.allocate(encoder.headerBytes()).order(encoder.order());
        header.put(bytes.toArray(0, encoder.headerBytes()));
        int word = encoder.wordBytes();
        if (word == 8) {
            header.putLong(24 + 2 * word, tableOffset);
        } else {
            header.putInt(24 + 2 * word, (int) tableOffset);
        }
        int sizes = 24 + 3 * word + 6; // e_phentsize
        header.putShort(sizes + 4, (short) encoder.sectionBytes());
        header.putShort(sizes + 6, (short) sections);
        header.putShort(sizes + 8, (short) (sections - 1));
        return header.array();
    }

    /** As they are in the file, which says more than {@link Section} does. */
    private byte[] keptHeaders() {
        int word = encoder.wordBytes();
        long table = bytes.wordAt(24 + 2L * word, word);
        int entryBytes = bytes.u16At(24 + 3L * word + 10);
        ByteBuffer out = ByteBuffer.allocate(elf.sections().size() * encoder.sectionBytes())
                .order(encoder.order());
        for (int i = 0; i < elf.sections().size(); i++) {
            out.put(bytes.toArray(table + (long) i * entryBytes, encoder.sectionBytes()));
        }
        return out.array();
    }

    /** The old table of names stays a section; the new one begins with the same bytes. */
    private byte[] keptNames() {
        int names = bytes.u16At(24 + 3L * encoder.wordBytes() + 14);
        return elf.bytesOf(elf.sections().get(Math.min(names, elf.sections().size() - 1)))
                .toArray();
    }

    /** For a vendor's file whose section headers were cut off. */
    private List<Section> ofSegments() {
        List<Section> sections = new ArrayList<>(List.of(new Section("", 0, 0, 0, 0, 0, 0, 0)));
        for (Segment segment : elf.segments()) {
            if (segment.isMapped() && segment.fileBytes() > 0) {
                boolean isCode = (segment.flags() & PF_X) != 0;
                boolean isWritable = (segment.flags() & PF_W) != 0;
                long flags =
                        Section.SHF_ALLOC | (isCode ? Section.SHF_EXECINSTR : 0) | (isWritable ? Section.SHF_WRITE : 0);
                String name = isCode ? ".text" : isWritable ? ".data" : ".rodata";
                sections.add(new Section(
                        name,
                        SHT_PROGBITS,
                        flags,
                        segment.virtualAddress(),
                        segment.offset(),
                        segment.fileBytes(),
                        0,
                        0));
            }
        }
        return sections;
    }

    private byte[] encode(List<Section> sections, SectionNames names) {
        ByteBuffer out =
                ByteBuffer.allocate(sections.size() * encoder.sectionBytes()).order(encoder.order());
        for (int i = 0; i < sections.size(); i++) {
            encoder.section(out, names.offset(i), sections.get(i), 0, i == 0 ? 0 : 1);
        }
        return out.array();
    }
}
