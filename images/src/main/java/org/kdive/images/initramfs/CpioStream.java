package org.kdive.images.initramfs;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * Members of cpio archives as they come: newc, crc and odc, told apart member by member as the kernel does. Behind a
 * trailer come zeros and perhaps another archive.
 *
 * <pre>
 * newc 070701, crc 070702: 13 fields of 8 hex digits, name and data each padded to 4 bytes
 *   ino mode uid gid nlink mtime filesize devmajor devminor rdevmajor rdevminor namesize check
 * odc 070707: octal fields, nothing padded
 *   dev:6 ino:6 mode:6 uid:6 gid:6 nlink:6 rdev:6 mtime:11 namesize:6 filesize:11
 * </pre>
 *
 * Linux Documentation/driver-api/early-userspace/buffer-format.rst; POSIX.1-2001 pax, "cpio Interchange Format".
 */
final class CpioStream {
    private static final int MAGIC_BYTES = 6;
    private static final int NEWC_FIELDS = 13;
    private static final int[] NEWC_WIDTHS = {8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8, 8};
    private static final int[] ODC_WIDTHS = {6, 6, 6, 6, 6, 6, 6, 11, 6, 11};
    private static final int ODC_BYTES = 70;
    private static final int MAX_NAME_BYTES = 4096; // PATH_MAX, with its NUL
    private static final String TRAILER = "TRAILER!!!";

    private final String source;
    private final boolean single;
    private final CountingStream in;
    private @Nullable CpioMember current; // null before the first member and behind the last
    private long dataEnd;
    private long nextHeader;
    private long sum;
    private boolean begun;
    private boolean ended;

    /** @param single whether to stop behind the first trailer, so that the stream can be read on by others */
    CpioStream(String source, InputStream in, boolean single) {
        this.source = source;
        this.single = single;
        this.in = new CountingStream(in);
    }

    /** The next member, past trailers; null at the end of the stream. Its data is there until the next call. */
    @Nullable
    CpioMember next() throws IOException {
        finishMember();
        while (!(ended && single)) {
            int first = ended || !begun ? skipZeros() : in.read();
            if (first < 0) {
                if (ended) {
                    return null;
                }
                throw malformed(in.position, begun ? "ends without a trailer" : "no archive in it");
            }
            CpioMember member = readHeader(first);
            begun = true;
            ended = member.path().equals(TRAILER);
            if (!ended) {
                current = member;
                return member;
            }
        }
        return null;
    }

    /** Reads to the end, checking all that was not looked at. */
    void drain() throws IOException {
        while (next() != null) {
            // Only the checks are wanted.
        }
    }

    /** The data of the member that {@link #next} gave last. */
    InputStream contents() {
        return new MemberData();
    }

    private void finishMember() throws IOException {
        CpioMember member = current;
        if (member == null) {
            return;
        }
        contents().transferTo(OutputStream.nullOutputStream());
        if (member.checksum() >= 0 && member.isRegular() && member.checksum() != (sum & 0xffff_ffffL)) {
            throw malformed(
                    member.headerOffset(),
                    "%s: sum 0x%x, the header says 0x%x".formatted(shown(member.path()), sum, member.checksum()));
        }
        in.readNBytes((int) (nextHeader - in.position));
        current = null;
    }

    private int skipZeros() throws IOException {
        int next = in.read();
        while (next == 0) {
            next = in.read();
        }
        return next;
    }

    private CpioMember readHeader(int first) throws IOException {
        long offset = in.position - 1;
        String magic = (char) first + text(offset, MAGIC_BYTES - 1);
        sum = 0;
        CpioMember member = switch (magic) {
            case "070701", "070702" -> readNewc(offset, magic.equals("070702"));
            case "070707" -> readOdc(offset);
            default -> throw malformed(offset, "no cpio header but " + shown(magic));
        };
        dataEnd = in.position + member.sizeBytes();
        nextHeader = magic.equals("070707") ? dataEnd : dataEnd + padding(offset, dataEnd);
        return member;
    }

    private CpioMember readNewc(long offset, boolean withChecksum) throws IOException {
        long[] f = numbers(offset, text(offset, 8 * NEWC_FIELDS), 16, NEWC_WIDTHS);
        String name = readName(offset, f[11]);
        in.readNBytes((int) padding(offset, in.position));
        long device = f[7] << 32 | f[8];
        long checksum = withChecksum ? f[12] : -1;
        return checked(new CpioMember(
                offset,
                name,
                (int) f[1],
                (int) f[2],
                (int) f[3],
                f[4],
                f[5],
                f[6],
                f[0],
                device,
                (int) f[9],
                (int) f[10],
                checksum));
    }

    private CpioMember readOdc(long offset) throws IOException {
        long[] f = numbers(offset, text(offset, ODC_BYTES), 8, ODC_WIDTHS);
        String name = readName(offset, f[8]);
        int node = (int) f[6];
        // The time has 33 bits; Linux' own archives have 32.
        long mtime = f[7] & 0xffff_ffffL;
        return checked(new CpioMember(
                offset,
                name,
                (int) f[2],
                (int) f[3],
                (int) f[4],
                f[5],
                mtime,
                f[9],
                f[1],
                f[0],
                node >> 8,
                node & 0xff,
                -1));
    }

    private CpioMember checked(CpioMember member) {
        if (member.sizeBytes() > 0 && !member.isRegular() && !member.isSymlink()) {
            throw malformed(
                    member.headerOffset(),
                    "%s is no file but has %d bytes".formatted(shown(member.path()), member.sizeBytes()));
        }
        return member;
    }

    /** What there is to skip: newc pads everything to 4 bytes, counted from the header. */
    private static long padding(long offset, long position) {
        return (4 - (position - offset) % 4) % 4;
    }

    private String harmless(long offset, String name) {
        if (name.startsWith("/")) {
            throw malformed(offset, "absolute name " + shown(name));
        }
        for (String part : name.split("/", -1)) {
            if (part.equals("..")) {
                throw malformed(offset, "name with .. in it: " + shown(name));
            }
        }
        return FileTree.normalize(name);
    }

    private String text(long offset, int length) throws IOException {
        byte[] bytes = in.readNBytes(length);
        if (bytes.length < length) {
            throw malformed(offset, "cut short in a header");
        }
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private long[] numbers(long offset, String header, int radix, int[] widths) {
        long[] numbers = new long[widths.length];
        int at = 0;
        for (int i = 0; i < widths.length; i++) {
            for (int end = at + widths[i]; at < end; at++) {
                int digit = Character.digit(header.charAt(at), radix);
                if (digit < 0) {
                    throw malformed(offset, "a header field is no number");
                }
                numbers[i] = numbers[i] * radix + digit;
            }
        }
        return numbers;
    }

    private String readName(long offset, long size) throws IOException {
        if (size < 2 || size > MAX_NAME_BYTES) {
            throw malformed(offset, "name of %d bytes".formatted(size));
        }
        byte[] name = in.readNBytes((int) size);
        if (name.length < size) {
            throw malformed(offset, "cut short in a name");
        }
        int end = 0;
        while (end < size && name[end] != 0) {
            end++;
        }
        if (end != size - 1) {
            throw malformed(offset, "a name does not end where its size says");
        }
        String decoded = FileName.decode(Arrays.copyOf(name, end));
        return decoded.equals(TRAILER) ? decoded : harmless(offset, decoded);
    }

    private ImageException malformed(long offset, String what) {
        return new ImageException(new ImageFailure.Malformed(source, offset, what));
    }

    private static String shown(String name) {
        return FileName.printable(name);
    }

    private static final class CountingStream extends InputStream {
        private final InputStream in;
        private long position;

        CountingStream(InputStream in) {
            this.in = in;
        }

        @Override
        public int read() throws IOException {
            int value = in.read();
            position += value < 0 ? 0 : 1;
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = in.read(buffer, offset, length);
            position += Math.max(0, count);
            return count;
        }
    }

    /** Ends where the member does, and knows when the archive ends before it. */
    private final class MemberData extends InputStream {
        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            CpioMember member = current;
            long left = dataEnd - in.position;
            if (member == null || left <= 0 || length == 0) {
                return length == 0 ? 0 : -1;
            }
            int count = in.read(buffer, offset, (int) Math.min(length, left));
            if (count < 0) {
                throw malformed(
                        member.headerOffset(), "%s: cut short, %d bytes missing".formatted(shown(member.path()), left));
            }
            if (member.checksum() >= 0) {
                for (int i = offset; i < offset + count; i++) {
                    sum += buffer[i] & 0xff;
                }
            }
            return count;
        }
    }
}
