package org.kdive.images.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * A core file that somebody else wrote, to be completed: by a note, and by the virtual addresses at which the guest's own
 * software has its memory. 64-bit little-endian cores only. ELF gABI, "ELF Header" and "Program Header".
 *
 * <pre>
 * Ehdr  Shdr...  Phdr(PT_NOTE)  Phdr(PT_LOAD)...  [new PT_LOADs]  notes  [the new one]  memory
 * </pre>
 */
public final class CoreFile {
    private static final int HEAD_BYTES = 4 << 20; // headers and notes; 256 CPUs have not a tenth of it
    private static final int PT_LOAD = 1;
    private static final int PT_NOTE = 4;
    private static final int EHDR_BYTES = 64;
    private static final int PHDR_BYTES = 56;
    private static final int SHDR_BYTES = 64;
    private static final int NOTE_HEADER_BYTES = 12;

    /** Memory that is in the file, by physical address. */
    public record Ram(long physical, long lengthBytes) {}

    /** The virtual address of some physical memory. */
    public record View(long virtual, long physical, long lengthBytes) {}

    private final Path file;
    private final ByteBuffer head;
    private final int noteHeader; // of the PT_NOTE
    private final int notesEnd;

    private CoreFile(Path file, ByteBuffer head, int noteHeader) {
        this.file = file;
        this.head = head;
        this.noteHeader = noteHeader;
        this.notesEnd = (int) (head.getLong(noteHeader + 8) + head.getLong(noteHeader + 32));
    }

    /** Empty for what is no such core. */
    public static Optional<CoreFile> read(Path file) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return Optional.empty();
        }
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            ByteBuffer head =
                    ByteBuffer.allocate((int) Math.min(HEAD_BYTES, from.size())).order(ByteOrder.LITTLE_ENDIAN);
            for (int got = 0; head.hasRemaining() && got >= 0; ) {
                got = from.read(head, head.position());
            }
            return read(file, head.flip());
        }
    }

    private static Optional<CoreFile> read(Path file, ByteBuffer head) {
        // EI_MAG, ELFCLASS64, ELFDATA2LSB
        if (head.limit() < EHDR_BYTES || head.getInt(0) != 0x464c457f || head.getShort(4) != 0x0102) {
            return Optional.empty();
        }
        long table = head.getLong(32); // e_phoff
        int count = programHeaders(head); // PN_XNUM is beyond what fits
        long tableBytes = (long) count * PHDR_BYTES;
        if (!fits(head, table, tableBytes) || !fits(head, sections(head), sectionBytes(head))) {
            return Optional.empty();
        }
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * PHDR_BYTES;
            long notes = head.getLong(at + 8); // p_offset
            if (head.getInt(at) == PT_NOTE
                    && fits(head, notes, head.getLong(at + 32))
                    && notes >= table + tableBytes
                    && sections(head) + sectionBytes(head) <= notes) {
                return Optional.of(new CoreFile(file, head, at));
            }
        }
        return Optional.empty();
    }

    private static boolean fits(ByteBuffer head, long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= head.limit() && length <= head.limit() - offset;
    }

    private static int programHeaders(ByteBuffer head) {
        return Short.toUnsignedInt(head.getShort(56)); // e_phnum
    }

    private static long sections(ByteBuffer head) {
        return sectionBytes(head) == 0 ? 0 : head.getLong(40); // e_shoff
    }

    private static long sectionBytes(ByteBuffer head) {
        return (long) Short.toUnsignedInt(head.getShort(60)) * SHDR_BYTES; // e_shnum
    }

    private int table() {
        return (int) head.getLong(32);
    }

    private int tableEnd() {
        return table() + programHeaders(head) * PHDR_BYTES;
    }

    /** Whether it has a note of this name. */
    public boolean has(String name) {
        byte[] wanted = (name + "\0").getBytes(StandardCharsets.US_ASCII);
        long at = head.getLong(noteHeader + 8);
        while (at <= notesEnd - NOTE_HEADER_BYTES) {
            long nameBytes = Integer.toUnsignedLong(head.getInt((int) at));
            long textBytes = Integer.toUnsignedLong(head.getInt((int) at + 4));
            if (nameBytes == wanted.length && at + NOTE_HEADER_BYTES + nameBytes <= notesEnd) {
                byte[] named = new byte[wanted.length];
                head.get((int) at + NOTE_HEADER_BYTES, named);
                if (Arrays.equals(named, wanted)) {
                    return true;
                }
            }
            at += NOTE_HEADER_BYTES + aligned(nameBytes) + aligned(textBytes);
        }
        return false;
    }

    private static long aligned(long bytes) {
        return bytes + 3 & ~3L;
    }

    /** The memory in it, in the file's order. */
    public List<Ram> memory() {
        return loads().stream().map(at -> ram(head, at)).toList();
    }

    private List<Integer> loads() {
        List<Integer> loads = new ArrayList<>();
        for (int at = table(); at < tableEnd(); at += PHDR_BYTES) {
            if (head.getInt(at) == PT_LOAD) {
                loads.add(at);
            }
        }
        return loads;
    }

    private static Ram ram(ByteBuffer head, int load) {
        return new Ram(head.getLong(load + 24), head.getLong(load + 32)); // p_paddr, p_filesz
    }

    /**
     * Puts the note behind the others, and says of memory where it is seen: of a whole piece of it in its own entry, of a
     * part in a further one; a view of what is not in the file is left out. The file is replaced at once or stays as it was.
     *
     * @param note as it is in the file, its header first; empty for none
     */
    public void complete(byte[] note, List<View> views) throws IOException {
        var unused = Replacement.of(file, next -> {
            try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ);
                    FileChannel to = FileChannel.open(next, StandardOpenOption.WRITE)) {
                copy(from, to, note, views);
                return true;
            }
        });
    }

    private void copy(FileChannel from, FileChannel to, byte[] note, List<View> views) throws IOException {
        byte[] before = new byte[notesEnd];
        head.get(0, before);
        ByteBuffer start = ByteBuffer.wrap(before).order(ByteOrder.LITTLE_ENDIAN);
        byte[] entries = entries(start, views);
        int padding = note.length == 0 ? 0 : (int) aligned(notesEnd) - notesEnd; // a note begins at a multiple of 4
        int noteBytes = padding + (int) aligned(note.length);
        new Move(start, noteHeader, tableEnd(), entries.length, notesEnd, noteBytes).apply();
        write(to, start.duplicate().position(0).limit(tableEnd()));
        write(to, moved(entries, entries.length + noteBytes));
        write(to, start.duplicate().position(tableEnd()).limit(notesEnd));
        write(to, ByteBuffer.wrap(new byte[padding]));
        write(to, ByteBuffer.wrap(Arrays.copyOf(note, noteBytes - padding)));
        for (long at = notesEnd, size = from.size(); at < size; ) {
            at += from.transferTo(at, size - at, to);
        }
    }

    /** New entries, their offsets as in the file that is; entries of whole pieces are written to in place. */
    private byte[] entries(ByteBuffer start, List<View> views) {
        ByteBuffer made = ByteBuffer.allocate(views.size() * PHDR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        for (View view : views) {
            loads().stream()
                    .filter(load -> holds(ram(head, load), view))
                    .findFirst()
                    .ifPresent(load -> {
                        Ram ram = ram(head, load);
                        if (view.lengthBytes() == ram.lengthBytes()) {
                            start.putLong(load + 16, view.virtual()); // p_vaddr
                        } else {
                            made.putInt(PT_LOAD)
                                    .putInt(head.getInt(load + 4)) // p_flags
                                    .putLong(head.getLong(load + 8) + view.physical() - ram.physical()) // p_offset
                                    .putLong(view.virtual())
                                    .putLong(view.physical())
                                    .putLong(view.lengthBytes())
                                    .putLong(view.lengthBytes())
                                    .putLong(0); // p_align
                        }
                    });
        }
        return Arrays.copyOf(made.array(), made.position());
    }

    private static boolean holds(Ram ram, View view) {
        long inside = view.physical() - ram.physical();
        return inside >= 0 && view.lengthBytes() <= ram.lengthBytes() - inside;
    }

    private static ByteBuffer moved(byte[] entries, int by) {
        ByteBuffer buffer = ByteBuffer.wrap(entries).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < entries.length; at += PHDR_BYTES) {
            buffer.putLong(at + 8, buffer.getLong(at + 8) + by); // memory lies behind all of it
        }
        return buffer;
    }

    /** Room is made at two places; all offsets in the headers follow. */
    private record Move(ByteBuffer start, int noteHeader, int tableEnd, int entryBytes, int notesEnd, int noteBytes) {
        void apply() {
            start.putLong(noteHeader + 32, start.getLong(noteHeader + 32) + noteBytes); // p_filesz
            start.putLong(noteHeader + 40, start.getLong(noteHeader + 32)); // p_memsz
            for (int at = (int) start.getLong(32); at < tableEnd; at += PHDR_BYTES) {
                field(at + 8); // p_offset
            }
            for (int at = (int) sections(start), left = (int) (sectionBytes(start) / SHDR_BYTES); left > 0; left--) {
                field(at + 24); // sh_offset
                at += SHDR_BYTES;
            }
            field(40); // e_shoff
            int more = entryBytes / PHDR_BYTES;
            start.putShort(56, (short) (Short.toUnsignedInt(start.getShort(56)) + more)); // e_phnum
        }

        private void field(int at) {
            long offset = start.getLong(at);
            start.putLong(at, offset + (offset >= tableEnd ? entryBytes : 0) + (offset >= notesEnd ? noteBytes : 0));
        }
    }

    private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }
}
