package org.kdive.images.elf;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.bytes.ByteWriter;

/** Builds small ELF executables: sections one behind the other, a PT_LOAD for each that is loaded, a symbol table. */
public final class ElfBuilder {
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Part(String name, int type, long flags, long address, byte[] contents, int link, int entryBytes) {}

    private record Named(String name, int binding, int type, int section, long address, long sizeBytes) {}

    private final boolean is64Bit;
    private final ByteOrder order;
    private final int machine;
    private final List<Part> parts = new ArrayList<>();
    private final List<Named> symbols = new ArrayList<>();

    public ElfBuilder(boolean is64Bit, ByteOrder order, int machine) {
        this.is64Bit = is64Bit;
        this.order = order;
        this.machine = machine;
        parts.add(new Part("", 0, 0, 0, new byte[0], 0, 0));
    }

    public static ElfBuilder x86() {
        return new ElfBuilder(true, ByteOrder.LITTLE_ENDIAN, 62);
    }

    /** A loaded section; its file offset is a multiple of 16. */
    public ElfBuilder section(String name, long flags, long address, byte[] contents) {
        parts.add(new Part(name, 1, flags | Section.SHF_ALLOC, address, contents, 0, 0));
        return this;
    }

    /** A symbol of the section added last. */
    public ElfBuilder symbol(String name, int binding, int type, long address, long sizeBytes) {
        symbols.add(new Named(name, binding, type, parts.size() - 1, address, sizeBytes));
        return this;
    }

    public byte[] build() {
        List<Part> all = new ArrayList<>(parts);
        if (!symbols.isEmpty()) {
            addSymbols(all);
        }
        ByteWriter names = new ByteWriter(order);
        List<Integer> nameOffsets = new ArrayList<>();
        all.add(new Part(".shstrtab", 3, 0, 0, new byte[0], 0, 0));
        for (Part part : all) {
            nameOffsets.add(names.position());
            names.cstring(part.name());
        }
        all.set(all.size() - 1, new Part(".shstrtab", 3, 0, 0, names.toArray(), 0, 0));
        return file(all, nameOffsets);
    }

    private void addSymbols(List<Part> all) {
        ByteWriter strings = new ByteWriter(order).u8(0);
        ByteWriter table = new ByteWriter(order).zeros(is64Bit ? 24 : 16);
        for (Named s : symbols) {
            int info = (s.binding() << 4) | s.type();
            table.u32(strings.position());
            if (is64Bit) {
                table.u8(info).u8(0).u16(s.section()).u64(s.address()).u64(s.sizeBytes());
            } else {
                table.u32(s.address()).u32(s.sizeBytes()).u8(info).u8(0).u16(s.section());
            }
            strings.cstring(s.name());
        }
        all.add(new Part(".symtab", Section.SHT_SYMTAB, 0, 0, table.toArray(), all.size() + 1, is64Bit ? 24 : 16));
        all.add(new Part(".strtab", 3, 0, 0, strings.toArray(), 0, 0));
    }

    private byte[] file(List<Part> all, List<Integer> nameOffsets) {
        List<Part> loaded = all.stream().filter(p -> p.flags() != 0).toList();
        int word = is64Bit ? 8 : 4;
        int headerBytes = is64Bit ? 64 : 52;
        int segmentBytes = is64Bit ? 56 : 32;
        int sectionBytes = is64Bit ? 64 : 40;
        List<Integer> offsets = new ArrayList<>();
        int end = headerBytes + segmentBytes * loaded.size();
        for (Part part : all) {
            end = (end + 15) / 16 * 16;
            offsets.add(end);
            end += part.contents().length;
        }
        int tableOffset = (end + 15) / 16 * 16;
        ByteWriter out = new ByteWriter(order)
                .text("\u007fELF")
                .u8(is64Bit ? 2 : 1)
                .u8(order == ByteOrder.BIG_ENDIAN ? 2 : 1)
                .u8(1)
                .zeros(9)
                .u16(2)
                .u16(machine)
                .u32(1)
                .word(0x1000000, word)
                .word(headerBytes, word)
                .word(tableOffset, word)
                .u32(0)
                .u16(headerBytes)
                .u16(segmentBytes)
                .u16(loaded.size())
                .u16(sectionBytes)
                .u16(all.size())
                .u16(all.size() - 1);
        for (Part part : loaded) {
            segment(out, part, offsets.get(all.indexOf(part)), word);
        }
        for (int i = 0; i < all.size(); i++) {
            out.upTo(offsets.get(i)).bytes(all.get(i).contents());
        }
        out.upTo(tableOffset);
        for (int i = 0; i < all.size(); i++) {
            Part p = all.get(i);
            out.u32(nameOffsets.get(i)).u32(p.type()).word(p.flags(), word).word(p.address(), word);
            out.word(offsets.get(i), word)
                    .word(p.contents().length, word)
                    .u32(p.link())
                    .u32(0);
            out.word(16, word).word(p.entryBytes(), word);
        }
        return out.toArray();
    }

    private void segment(ByteWriter out, Part part, int offset, int word) {
        out.u32(Segment.PT_LOAD);
        if (is64Bit) {
            out.u32(5);
        }
        out.word(offset, word).word(part.address(), word).word(part.address(), word);
        out.word(part.contents().length, word).word(part.contents().length, word);
        if (!is64Bit) {
            out.u32(5);
        }
        out.word(16, word);
    }
}
