package org.kdive.images.elf;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;

/**
 * A compressed dump of QEMU's as the tools want it: in its plain form, and with vmcoreinfo. Of 64-bit little-endian guests
 * only. QEMU writes the flattened form, which can go through a pipe and which libkdumpfile before 0.5.2 does not read; QEMU
 * 8.2 has the plain one too. makedumpfile's IMPLEMENTATION, "flattened format" and "diskdump"; QEMU include/sysemu/dump.h.
 *
 * <pre>
 * flattened:  "makedumpfile" padded to 16, type64 = 1, version64 = 1, zeros up to 4096;
 *             then offset64, size64, bytes: what is at the offset in the plain form; an offset of -1 ends it. Big-endian
 * plain:      "KDUMP   ", version32, utsname 6 x 65 ..., block size at 428; a block;
 *             the sub header: ... at 32 offset and size of vmcoreinfo's text, at 48 those of all ELF notes, it among them
 * </pre>
 */
public final class KdumpFile {
    private static final byte[] FLATTENED = "makedumpfile\0\0\0\0".getBytes(StandardCharsets.US_ASCII);
    private static final byte[] PLAIN = "KDUMP   ".getBytes(StandardCharsets.US_ASCII);
    private static final int FLAT_HEADER_BYTES = 4096;
    private static final int BLOCK_SIZE_OFFSET = 428; // struct disk_dump_header of 64 bits
    private static final int UTSNAME_OFFSET = 12;
    public static final int UTSNAME_BYTES = 6 * 65; // __NEW_UTS_LEN and its end, of six names
    private static final int SUB_VMCOREINFO = 32; // offset_vmcoreinfo, size_vmcoreinfo, offset_note, size_note
    private static final int SUB_BYTES = 32;
    private static final int MOST_NOTE_BYTES = 16 << 20;
    private static final int NOTE_HEADER_BYTES = 12;
    private static final int MOST_BLOCK_BYTES = 1 << 20;
    private static final int PIECE_BYTES = 1 << 20;

    private final FileChannel to;

    private KdumpFile(FileChannel to) {
        this.to = to;
    }

    /**
     * Makes the file plain, and adds the note if it has none. False for what is no such dump, which stays as it is. The file
     * is replaced at once.
     *
     * @param vmcoreinfo the note, its header first; empty for none
     * @param utsname the kernel's struct new_utsname, from which libkdumpfile takes the architecture; empty if not known
     */
    public static boolean complete(Path file, byte[] vmcoreinfo, byte[] utsname) throws IOException {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            return false;
        }
        return Replacement.of(file, next -> {
            try (FileChannel to = FileChannel.open(next, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                return new KdumpFile(to).copy(file)
                        && (vmcoreinfo.length == 0 || add(to, vmcoreinfo))
                        && named(to, utsname);
            }
        });
    }

    /** Whether a plain dump says that it has vmcoreinfo. */
    public static boolean hasVmcoreinfo(Path file) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            long sub = subHeader(from);
            return sub > 0 && read(from, sub + SUB_VMCOREINFO, 16).getLong(8) > 0;
        }
    }

    private boolean copy(Path file) throws IOException {
        try (FileChannel from = FileChannel.open(file, StandardOpenOption.READ)) {
            if (begins(from, PLAIN)) {
                for (long at = 0, size = from.size(); at < size; ) {
                    at += from.transferTo(at, size - at, to);
                }
                return true;
            }
            if (!begins(from, FLATTENED)) {
                return false;
            }
            from.position(FLAT_HEADER_BYTES);
            return unflatten(
                    new DataInputStream(new BufferedInputStream(Channels.newInputStream(from), PIECE_BYTES)),
                    from.size());
        }
    }

    private boolean unflatten(DataInputStream in, long most) throws IOException {
        byte[] piece = new byte[PIECE_BYTES];
        try {
            while (true) {
                long offset = in.readLong();
                long size = in.readLong();
                if (offset == -1) {
                    return true;
                }
                if (offset < 0 || size < 0 || size > most) {
                    return false;
                }
                for (long done = 0; done < size; ) {
                    int part = (int) Math.min(piece.length, size - done);
                    in.readFully(piece, 0, part);
                    write(to, offset + done, ByteBuffer.wrap(piece, 0, part));
                    done += part;
                }
            }
        } catch (EOFException e) {
            return false; // it was cut off
        }
    }

    // all notes go to the end, where readers take them as well as from between the headers
    private static boolean add(FileChannel to, byte[] note) throws IOException {
        long sub = subHeader(to);
        if (sub == 0) {
            return false;
        }
        ByteBuffer fields = read(to, sub + SUB_VMCOREINFO, SUB_BYTES);
        long noteBytes = fields.getLong(24);
        if (fields.getLong(8) != 0) {
            return true;
        }
        if (noteBytes < 0 || noteBytes > MOST_NOTE_BYTES || noteBytes % 4 != 0) {
            return false;
        }
        ByteBuffer notes = read(to, fields.getLong(16), (int) noteBytes).rewind();
        ByteBuffer ours = ByteBuffer.wrap(note).order(ByteOrder.LITTLE_ENDIAN);
        long end = to.size() + 3 & ~3L;
        int text = NOTE_HEADER_BYTES + (ours.getInt(0) + 3 & ~3); // behind the name
        write(to, end, notes);
        write(to, end + noteBytes, ByteBuffer.wrap(Arrays.copyOf(note, note.length + 3 & ~3)));
        fields.putLong(0, end + noteBytes + text);
        fields.putLong(8, ours.getInt(4));
        fields.putLong(16, end);
        fields.putLong(24, noteBytes + (note.length + 3 & ~3));
        write(to, sub + SUB_VMCOREINFO, fields.rewind());
        return true;
    }

    // QEMU knows the machine's name alone
    private static boolean named(FileChannel to, byte[] utsname) throws IOException {
        if (utsname.length == UTSNAME_BYTES && read(to, UTSNAME_OFFSET, 1).get(0) == 0) {
            write(to, UTSNAME_OFFSET, ByteBuffer.wrap(utsname));
        }
        return true;
    }

    /** 0 if there is none that we know. */
    private static long subHeader(FileChannel file) throws IOException {
        ByteBuffer head = read(file, 0, BLOCK_SIZE_OFFSET + 4);
        int block = head.getInt(BLOCK_SIZE_OFFSET);
        boolean known = begins(file, PLAIN)
                && block >= 512
                && block <= MOST_BLOCK_BYTES
                && file.size() >= block + SUB_VMCOREINFO + (long) SUB_BYTES;
        return known ? block : 0;
    }

    private static boolean begins(FileChannel file, byte[] with) throws IOException {
        return read(file, 0, with.length).rewind().equals(ByteBuffer.wrap(with));
    }

    /** Zeros behind the end. */
    private static ByteBuffer read(FileChannel file, long at, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length).order(ByteOrder.LITTLE_ENDIAN);
        for (int got = 0; bytes.hasRemaining() && got >= 0; ) {
            got = file.read(bytes, at + bytes.position());
        }
        return bytes;
    }

    private static void write(FileChannel file, long at, ByteBuffer bytes) throws IOException {
        for (long to = at; bytes.hasRemaining(); ) {
            to += file.write(bytes, to);
        }
    }
}
