package org.kdive.images.initramfs;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.BoundedStream;
import org.kdive.images.bytes.Bytes;

/**
 * Takes an initramfs apart as the kernel does: cpio archives and compressed cpio archives one behind the other, zeros
 * between them. Microcode comes first and uncompressed on most distributions. Linux init/initramfs.c, unpack_to_rootfs.
 */
final class SegmentReader {
    /** One stretch of the file. {@code offset} and {@code length} include the zeros behind it. */
    record Extent(Compression compression, long offset, long length) {}

    /** Reads the members of one segment; the stream's data is gone when it returns. */
    interface Visitor {
        void segment(Compression compression, long offset, CpioStream members) throws IOException;

        /** Called when the length of the segment is known. */
        void end(Extent extent);
    }

    private final Bytes file;
    private final long maxUnpackedBytes;

    SegmentReader(Bytes file, long maxUnpackedBytes) {
        this.file = file;
        this.maxUnpackedBytes = maxUnpackedBytes;
    }

    void visit(Visitor visitor) {
        long at = skipZeros(0);
        if (at == file.size()) {
            throw file.malformedAt(0, "no archive, nothing but zeros");
        }
        while (at < file.size()) {
            long end = skipZeros(visitOne(at, visitor));
            at = end;
        }
    }

    private long visitOne(long offset, Visitor visitor) {
        Bytes rest = file.sliceFrom(offset);
        Optional<Compression> compressed = Compression.find(rest);
        boolean plain = rest.size() > 0 && rest.u8At(0) == '0';
        if (compressed.isEmpty() && !plain) {
            throw rest.malformedAt(0, "neither cpio nor any compression the kernel knows");
        }
        Compression compression = compressed.orElse(Compression.NONE);
        ByteArrayInputStream in = new ByteArrayInputStream(rest.array(), rest.arrayStart(), rest.size());
        try {
            long used = compression == Compression.NONE
                    ? visitPlain(rest, in, offset, visitor)
                    : visitCompressed(rest, in, offset, compression, visitor);
            visitor.end(new Extent(compression, offset, skipZeros(offset + used) - offset));
            return offset + used;
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // The decompressors have a dozen ways to say so.
            throw new ImageException(
                    new ImageFailure.Malformed(file.source(), offset, compression + ": " + ImageException.reason(e)),
                    e);
        }
    }

    private long visitCompressed(
            Bytes rest, ByteArrayInputStream in, long offset, Compression compression, Visitor visitor)
            throws IOException {
        InputStream unpacked = new BoundedStream(compression.decompress(rest, in), file.source(), maxUnpackedBytes);
        String source = file.source() + " (" + compression + ")";
        CpioStream members = new CpioStream(source, new BufferedInputStream(unpacked, 1 << 16), false);
        visitor.segment(compression, offset, members);
        members.drain();
        return (long) rest.size() - in.available();
    }

    private long visitPlain(Bytes rest, ByteArrayInputStream in, long offset, Visitor visitor) throws IOException {
        CpioStream members = new CpioStream(file.source(), in, true);
        visitor.segment(Compression.NONE, offset, members);
        members.drain();
        return (long) rest.size() - in.available();
    }

    private long skipZeros(long from) {
        long at = from;
        while (at < file.size() && file.u8At(at) == 0) {
            at++;
        }
        return at;
    }
}
