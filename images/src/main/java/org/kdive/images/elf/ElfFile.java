package org.kdive.images.elf;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.bytes.Bytes;

/** An ELF file's headers, sections and segments; either class, either byte order. Immutable; any thread. */
public final class ElfFile {
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
    private static final int ELFCLASS64 = 2;
    private static final int ELFDATA2MSB = 2;
    private static final int SHN_XINDEX = 0xffff;

    private final Bytes bytes;
    private final boolean is64Bit;
    private final int type;
    private final int machine;
    private final long entry;
    private final List<Segment> segments;
    private final List<Section> sections;
    private final long headersEnd;

    private ElfFile(Bytes bytes) {
        this.bytes = bytes;
        this.is64Bit = bytes.u8At(4) == ELFCLASS64;
        type = bytes.u16At(16);
        machine = bytes.u16At(18);
        entry = bytes.wordAt(24, wordBytes());
        Header header = new Header();
        segments = header.segments();
        sections = header.sections();
        headersEnd = header.sectionOffset + (long) header.sectionCount * header.sectionBytes;
    }

    public static boolean isElf(Bytes bytes) {
        return bytes.startsWith(MAGIC);
    }

    /** Reads the headers; the contents of sections are only looked at when asked for. */
    public static ElfFile read(Bytes file) {
        if (!isElf(file)) {
            throw file.malformedAt(0, "no ELF magic");
        }
        boolean bigEndian = file.u8At(5) == ELFDATA2MSB;
        return new ElfFile(file.withOrder(bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN));
    }

    public Bytes bytes() {
        return bytes;
    }

    public boolean is64Bit() {
        return is64Bit;
    }

    public int wordBytes() {
        return is64Bit ? 8 : 4;
    }

    public ByteOrder order() {
        return bytes.order();
    }

    /** The header's e_type: 1 relocatable, 2 executable, 3 shared, 4 core. */
    public int type() {
        return type;
    }

    public int machine() {
        return machine;
    }

    public Optional<Architecture> architecture() {
        return Architecture.ofElf(machine, is64Bit);
    }

    /** As in the header; on x86-64 kernels it is physical. */
    public long entry() {
        return entry;
    }

    public List<Segment> segments() {
        return segments;
    }

    public List<Section> sections() {
        return sections;
    }

    /** Where the section header table ends; what x86 appends to the file (its relocations) begins here. */
    public long headersEnd() {
        return headersEnd;
    }

    public Optional<Section> findSection(String name) {
        return sections.stream().filter(s -> s.name().equals(name)).findFirst();
    }

    /** The section's bytes; none for one that takes no space in the file. */
    public Bytes bytesOf(Section section) {
        return section.type() == Section.SHT_NOBITS
                ? bytes.slice(0, 0)
                : bytes.slice(section.offset(), section.sizeBytes());
    }

    /** The link-time virtual address of a byte of this file, if it is loaded anywhere. */
    public OptionalLong addressOf(long fileOffset) {
        for (Segment segment : segments) {
            long inside = fileOffset - segment.offset();
            if (segment.isMapped() && inside >= 0 && inside < segment.fileBytes()) {
                return OptionalLong.of(segment.virtualAddress() + inside);
            }
        }
        return OptionalLong.empty();
    }

    /** Where in this file the byte at a link-time virtual address is; empty if the file does not hold it. */
    public OptionalLong offsetOf(long linkAddress) {
        for (Segment segment : segments) {
            long inside = linkAddress - segment.virtualAddress();
            if (segment.isMapped() && inside >= 0 && inside < segment.fileBytes()) {
                return OptionalLong.of(segment.offset() + inside);
            }
        }
        return OptionalLong.empty();
    }

    /** The loaded bytes at their link-time virtual addresses. */
    public Memory memory() {
        return (address, length) -> {
            long offset = offsetOf(address).orElseThrow(() -> ImageException.memoryFault(address));
            if (length > 0 && offsetOf(address + length - 1).orElse(-1) != offset + length - 1) {
                throw ImageException.memoryFault(address + length - 1);
            }
            return bytes.toArray(offset, length);
        };
    }

    /** The header's three tables of offsets; the field positions follow from the word size. */
    private final class Header {
        private final int word = wordBytes();
        private final long segmentOffset = bytes.wordAt(24 + word, word);
        private final long sectionOffset = bytes.wordAt(24 + 2L * word, word);
        // gABI, "ELF Header": after e_shoff come e_flags (4), e_ehsize (2), then these six
        private final int sizes = 24 + 3 * word + 6;
        private final int segmentBytes = bytes.u16At(sizes);
        private final int segmentCount = bytes.u16At(sizes + 2L);
        private final int sectionBytes = bytes.u16At(sizes + 4L);
        private final int sectionCount = sectionCount(bytes.u16At(sizes + 6L));
        private final int namesIndex = bytes.u16At(sizes + 8L);

        private int sectionCount(int declared) {
            if (declared != 0 || sectionOffset == 0) {
                return declared;
            }
            // 0xff00 sections or more: the count is in the first one's sh_size.
            long count = bytes.wordAt(sectionOffset + 8 + 3L * word, word);
            if (count < 0 || count > bytes.size() / Math.max(1, sectionBytes)) {
                throw bytes.malformedAt(sectionOffset, "section count " + count);
            }
            return (int) count;
        }

        List<Segment> segments() {
            requireTable(segmentOffset, segmentCount, segmentBytes, is64Bit ? 56 : 32, "program");
            List<Segment> read = new ArrayList<>(segmentCount);
            for (int i = 0; i < segmentCount; i++) {
                read.add(segment(bytes.slice(segmentOffset + (long) i * segmentBytes, segmentBytes)));
            }
            return List.copyOf(read);
        }

        private Segment segment(Bytes b) {
            int segmentType = b.s32();
            int flags = is64Bit ? b.s32() : b.s32At(24);
            long offset = b.word(word);
            long virtual = b.word(word);
            long physical = b.word(word);
            return new Segment(segmentType, flags, offset, virtual, physical, b.word(word), b.word(word));
        }

        List<Section> sections() {
            requireTable(sectionOffset, sectionCount, sectionBytes, is64Bit ? 64 : 40, "section");
            int names = namesIndex == SHN_XINDEX ? bytes.s32At(sectionOffset + 8 + 4L * word) : namesIndex;
            if (sectionCount == 0 || names < 0 || names >= sectionCount) {
                return List.of();
            }
            Section strings = section(names, null);
            Bytes text = bytes.slice(strings.offset(), strings.sizeBytes());
            List<Section> read = new ArrayList<>(sectionCount);
            for (int i = 0; i < sectionCount; i++) {
                read.add(section(i, text));
            }
            return List.copyOf(read);
        }

        private Section section(int index, @org.jspecify.annotations.Nullable Bytes names) {
            Bytes b = bytes.slice(sectionOffset + (long) index * sectionBytes, sectionBytes);
            long name = b.u32();
            int sectionType = b.s32();
            long flags = b.word(word);
            long address = b.word(word);
            long offset = b.word(word);
            long size = b.word(word);
            int link = b.s32();
            b.skip(4 + word); // sh_info, sh_addralign
            String text = names == null ? "" : names.cstringAt(name);
            return new Section(text, sectionType, flags, address, offset, size, link, b.word(word));
        }

        private void requireTable(long offset, int count, int entryBytes, int leastBytes, String what) {
            if (count > 0 && (entryBytes < leastBytes || !bytes.holds(offset, (long) count * entryBytes))) {
                throw bytes.malformedAt(offset, "%s header table of %d entries".formatted(what, count));
            }
        }
    }
}
