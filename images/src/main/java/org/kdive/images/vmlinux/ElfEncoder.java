package org.kdive.images.vmlinux;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kdive.images.elf.Section;
import org.kdive.images.elf.Segment;

/** Writes ELF structures (gABI 4.1, chapters "Object Files" and "Program Header") of one class and byte order. */
record ElfEncoder(boolean is64Bit, ByteOrder order) {
    private static final int EV_CURRENT = 1;

    /** What a file header says besides what every one does. */
    record Header(int type, int machine, int flags, long entry, int segments, long sectionsOffset, int sections) {}

    int headerBytes() {
        return is64Bit ? 64 : 52;
    }

    int segmentBytes() {
        return is64Bit ? 56 : 32;
    }

    int sectionBytes() {
        return is64Bit ? 64 : 40;
    }

    int symbolBytes() {
        return is64Bit ? 24 : 16;
    }

    int wordBytes() {
        return is64Bit ? 8 : 4;
    }

    /** The section names are in the last section; segments follow the header at once. */
    byte[] header(Header header) {
        ByteBuffer out = ByteBuffer.allocate(headerBytes()).order(order);
        out.put(new byte[] {0x7f, 'E', 'L', 'F'});
        out.put((byte) (is64Bit ? 2 : 1));
        out.put((byte) (order == ByteOrder.BIG_ENDIAN ? 2 : 1));
        out.put((byte) EV_CURRENT).position(16);
        out.putShort((short) header.type()).putShort((short) header.machine()).putInt(EV_CURRENT);
        word(out, header.entry());
        word(out, headerBytes());
        word(out, header.sectionsOffset());
        out.putInt(header.flags()).putShort((short) headerBytes());
        out.putShort((short) segmentBytes()).putShort((short) header.segments());
        out.putShort((short) sectionBytes()).putShort((short) header.sections());
        out.putShort((short) (header.sections() - 1));
        return out.array();
    }

    void segment(ByteBuffer out, Segment segment, long alignment) {
        out.putInt(segment.type());
        if (is64Bit) {
            out.putInt(segment.flags());
        }
        word(out, segment.offset());
        word(out, segment.virtualAddress());
        word(out, segment.physicalAddress());
        word(out, segment.fileBytes());
        word(out, segment.memoryBytes());
        if (!is64Bit) {
            out.putInt(segment.flags());
        }
        word(out, alignment);
    }

    /** @param info of a symbol table: how many of its symbols are local */
    void section(ByteBuffer out, int nameOffset, Section section, int info, long alignment) {
        out.putInt(nameOffset).putInt(section.type());
        word(out, section.flags());
        word(out, section.address());
        word(out, section.offset());
        word(out, section.sizeBytes());
        out.putInt(section.link()).putInt(info);
        word(out, alignment);
        word(out, section.entryBytes());
    }

    /** @param info binding and type */
    void symbol(ByteBuffer out, int nameOffset, int info, int section, long value, long sizeBytes) {
        out.putInt(nameOffset);
        if (is64Bit) {
            out.put((byte) info)
                    .put((byte) 0)
                    .putShort((short) section)
                    .putLong(value)
                    .putLong(sizeBytes);
        } else {
            out.putInt((int) value)
                    .putInt((int) sizeBytes)
                    .put((byte) info)
                    .put((byte) 0)
                    .putShort((short) section);
        }
    }

    private void word(ByteBuffer out, long value) {
        if (is64Bit) {
            out.putLong(value);
        } else {
            out.putInt((int) value);
        }
    }
}
