package org.kdive.images.vmlinux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.Architecture;
import org.kdive.images.elf.Section;
import org.kdive.images.elf.Segment;

/** An ELF executable of bytes that lie in one stretch of memory, with names for some of its parts. */
final class LoadedElf {
    private static final int ET_EXEC = 2;
    private static final int SHT_PROGBITS = 1;
    private static final int SHT_STRTAB = 3;
    private static final int PAGE = 4096;
    private static final int ALL_RIGHTS = 7;

    /** @param offset from the first byte */
    record Part(String name, long offset, long sizeBytes) {}

    private LoadedElf() {}

    static byte[] of(Architecture architecture, long address, byte[] contents, List<Part> parts) {
        ElfEncoder encoder = new ElfEncoder(architecture.pointerBytes() == 8, ByteOrder.LITTLE_ENDIAN);
        List<Section> sections = new ArrayList<>(List.of(new Section("", 0, 0, 0, 0, 0, 0, 0)));
        for (Part part : parts) {
            sections.add(new Section(
                    part.name(),
                    SHT_PROGBITS,
                    Section.SHF_ALLOC,
                    address + part.offset(),
                    PAGE + part.offset(),
                    part.sizeBytes(),
                    0,
                    0));
        }
        long namesOffset = PAGE + (long) contents.length;
        sections.add(new Section(".shstrtab", SHT_STRTAB, 0, 0, namesOffset, 0, 0, 0));
        SectionNames names = new SectionNames(sections);
        byte[] table = names.table();
        ByteBuffer out = ByteBuffer.allocate(
                        PAGE + contents.length + table.length + sections.size() * encoder.sectionBytes())
                .order(encoder.order());
        out.put(encoder.header(new ElfEncoder.Header(
                ET_EXEC, architecture.elfMachine(), 0, address, 1, namesOffset + table.length, sections.size())));
        Segment whole =
                new Segment(Segment.PT_LOAD, ALL_RIGHTS, PAGE, address, address, contents.length, contents.length);
        encoder.segment(out, whole, PAGE);
        out.position(PAGE).put(contents).put(table);
        for (int i = 0; i < sections.size(); i++) {
            Section section = sections.get(i);
            boolean last = i == sections.size() - 1;
            encoder.section(out, names.offset(i), last ? sized(section, table.length) : section, 0, i == 0 ? 0 : 1);
        }
        return out.array();
    }

    private static Section sized(Section section, long bytes) {
        return new Section(section.name(), section.type(), 0, 0, section.offset(), bytes, 0, 0);
    }
}
