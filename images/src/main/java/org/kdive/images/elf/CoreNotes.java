package org.kdive.images.elf;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;

/**
 * Puts a note into a core file that somebody else wrote: behind its others, with all that follows moved on. 64-bit
 * little-endian cores only. ELF gABI, "ELF Header" and "Program Header".
 *
 * <pre>
 * Ehdr  Shdr...  Phdr(PT_NOTE)  Phdr(PT_LOAD)...  notes  [the new one]  memory
 * </pre>
 */
public final class CoreNotes {
    private static final int HEAD_BYTES = 4 << 20; // headers and notes; 256 CPUs have not a tenth of it
    private static final int PT_NOTE = 4;
    private static final int EHDR_BYTES = 64;
    private static final int PHDR_BYTES = 56;
    private static final int SHDR_BYTES = 64;
    private static final int NOTE_HEADER_BYTES = 12;

    private final ByteBuffer head;
    private final int noteHeader; // of the PT_NOTE
    private final int notesEnd;

    private CoreNotes(ByteBuffer head, int noteHeader, int notesEnd) {
        this.head = head;
        this.noteHeader = noteHeader;
        this.notesEnd = notesEnd;
    }

    /**
     * Whether the core has a note of this name now: before, or because the note was put in. False for what is no such core.
     * The file is replaced at once or stays as it was.
     */
    public static boolean ensure(Path core, String name, byte[] note) throws IOException {
        if (!Files.isRegularFile(core, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        try (FileChannel from = FileChannel.open(core, StandardOpenOption.READ)) {
            Optional<CoreNotes> notes = read(from);
            if (notes.isPresent() && !notes.get().has(name)) {
                notes.get().replace(core, from, note);
            }
            return notes.isPresent();
        }
    }

    private void replace(Path core, FileChannel from, byte[] note) throws IOException {
        // Only the owner's, as QEMU makes a dump: it is all of the guest's memory.
        Path next =
                Files.createTempFile(core.toAbsolutePath().resolveSibling("").normalize(), "core", ".noted");
        try {
            try (FileChannel to = FileChannel.open(next, StandardOpenOption.WRITE)) {
                copy(from, to, note);
            }
            Files.setPosixFilePermissions(next, Files.getPosixFilePermissions(core));
            Files.move(next, core, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(next);
        }
    }

    /** Whether the core has a note of this name. */
    public static boolean has(Path core, String name) throws IOException {
        try (FileChannel from = FileChannel.open(core, StandardOpenOption.READ)) {
            return read(from).filter(notes -> notes.has(name)).isPresent();
        }
    }

    private static Optional<CoreNotes> read(FileChannel file) throws IOException {
        ByteBuffer head =
                ByteBuffer.allocate((int) Math.min(HEAD_BYTES, file.size())).order(ByteOrder.LITTLE_ENDIAN);
        for (int got = 0; head.hasRemaining() && got >= 0; ) {
            got = file.read(head, head.position());
        }
        head.flip();
        // EI_MAG, ELFCLASS64, ELFDATA2LSB
        if (head.limit() < EHDR_BYTES || head.getInt(0) != 0x464c457f || head.getShort(4) != 0x0102) {
            return Optional.empty();
        }
        long table = head.getLong(32); // e_phoff
        int count = Short.toUnsignedInt(head.getShort(56)); // e_phnum; PN_XNUM is beyond what fits
        if (!fits(head, table, (long) count * PHDR_BYTES) || !fits(head, sections(head), sectionBytes(head))) {
            return Optional.empty();
        }
        for (int i = 0; i < count; i++) {
            int at = (int) table + i * PHDR_BYTES;
            if (head.getInt(at) == PT_NOTE && fits(head, head.getLong(at + 8), head.getLong(at + 32))) {
                return Optional.of(new CoreNotes(head, at, (int) (head.getLong(at + 8) + head.getLong(at + 32))));
            }
        }
        return Optional.empty();
    }

    private static boolean fits(ByteBuffer head, long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= head.limit() && length <= head.limit() - offset;
    }

    private static long sections(ByteBuffer head) {
        return sectionBytes(head) == 0 ? 0 : head.getLong(40); // e_shoff
    }

    private static long sectionBytes(ByteBuffer head) {
        return (long) Short.toUnsignedInt(head.getShort(60)) * SHDR_BYTES; // e_shnum
    }

    private boolean has(String name) {
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

    private void copy(FileChannel from, FileChannel to, byte[] note) throws IOException {
        int before = (int) aligned(notesEnd) - notesEnd; // a note begins at a multiple of 4
        int more = before + (int) aligned(note.length);
        moveOn(more);
        write(to, head.duplicate().position(0).limit(notesEnd));
        write(to, ByteBuffer.wrap(new byte[before]));
        write(to, ByteBuffer.wrap(Arrays.copyOf(note, more - before)));
        for (long at = notesEnd, size = from.size(); at < size; ) {
            at += from.transferTo(at, size - at, to);
        }
    }

    private void moveOn(int more) {
        head.putLong(noteHeader + 32, head.getLong(noteHeader + 32) + more); // p_filesz
        head.putLong(noteHeader + 40, head.getLong(noteHeader + 32)); // p_memsz
        int count = Short.toUnsignedInt(head.getShort(56));
        for (int i = 0; i < count; i++) {
            moveOn((int) head.getLong(32) + i * PHDR_BYTES + 8, more); // p_offset
        }
        long table = sections(head);
        for (int i = 0; i < sectionBytes(head) / SHDR_BYTES; i++) {
            moveOn((int) table + i * SHDR_BYTES + 24, more); // sh_offset
        }
        moveOn(40, more); // e_shoff
    }

    private void moveOn(int field, int more) {
        if (head.getLong(field) >= notesEnd) {
            head.putLong(field, head.getLong(field) + more);
        }
    }

    private static void write(FileChannel to, ByteBuffer bytes) throws IOException {
        while (bytes.hasRemaining()) {
            to.write(bytes);
        }
    }
}
