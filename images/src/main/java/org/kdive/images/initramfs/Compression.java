package org.kdive.images.initramfs;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.Optional;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.kdive.images.bytes.Bytes;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.SingleXZInputStream;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** How an initramfs is compressed, within what the kernel's own decompressors take. Linux lib/decompress.c. */
public enum Compression {
    NONE("") {
        @Override
        OutputStream compress(OutputStream out) {
            return out;
        }

        @Override
        InputStream decompress(Bytes from, ByteArrayInputStream in) {
            return in;
        }
    },
    GZIP("1f8b") {
        @Override
        OutputStream compress(OutputStream out) {
            return new ParallelGzipOutputStream(out);
        }

        @Override
        InputStream decompress(Bytes from, ByteArrayInputStream in) throws IOException {
            // Of one member, and it puts back what it read too much of.
            return GzipCompressorInputStream.builder()
                    .setInputStream(in)
                    .setDecompressConcatenated(false)
                    .get();
        }
    },
    /** CRC32, because lib/xz of the kernel knows no stronger check, and a dictionary of 8 MiB. */
    XZ_CRC32("fd377a585a00") {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            return new XZOutputStream(out, dictionary(), XZ.CHECK_CRC32);
        }

        @Override
        InputStream decompress(Bytes from, ByteArrayInputStream in) throws IOException {
            return new SingleXZInputStream(in, MEMORY_LIMIT_KIB);
        }
    },
    /** Level 9, whose window of at most 8 MiB any reader takes. */
    ZSTD("28b52ffd") {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            return new ZstdOutputStream(out, 9);
        }

        @Override
        InputStream decompress(Bytes from, ByteArrayInputStream in) throws IOException {
            // The library reads ahead without putting back, so that the frame's length has to be asked first.
            long length = Zstd.findFrameCompressedSize(from.array(), from.arrayStart(), from.size());
            if (Zstd.isError(length) || length <= 0 || length > from.size()) {
                throw from.malformedAt(0, "zstd frame is cut short or damaged");
            }
            ByteArrayInputStream frame = new ByteArrayInputStream(from.array(), from.arrayStart(), (int) length);
            in.skipNBytes(length);
            return new ZstdInputStream(frame).setLongMax(27);
        }
    },
    LZ4_LEGACY("02214c18") {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            return new Lz4LegacyOutputStream(out);
        }

        @Override
        InputStream decompress(Bytes from, ByteArrayInputStream in) throws IOException {
            return new Lz4LegacyInputStream(from, in);
        }
    },
    LZMA("5d0000") {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            // -1: the size is not known, an end marker follows.
            return new LZMAOutputStream(out, dictionary(), -1);
        }

        @Override
        InputStream decompress(Bytes from, ByteArrayInputStream in) throws IOException {
            return new LZMAInputStream(in, MEMORY_LIMIT_KIB);
        }
    },
    BZIP2("425a68") {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            return new BZip2CompressorOutputStream(out);
        }

        @Override
        InputStream decompress(Bytes from, ByteArrayInputStream in) throws IOException {
            return new BZip2CompressorInputStream(in, false);
        }
    };

    private static final int MEMORY_LIMIT_KIB = 256 << 10;

    private final String magicHex;

    Compression(String magicHex) {
        this.magicHex = magicHex;
    }

    /** Closing the stream finishes the compressed data and closes the one below. */
    abstract OutputStream compress(OutputStream out) throws IOException;

    /**
     * Unpacks what begins where {@code from} does. The stream {@code in} is over the same bytes: once the result ends, it
     * stands behind what was used (for bzip2 up to 8 bytes behind that).
     */
    abstract InputStream decompress(Bytes from, ByteArrayInputStream in) throws IOException;

    /** The compression whose magic number begins the bytes; empty for all else, {@link #NONE} included. */
    static Optional<Compression> find(Bytes from) {
        for (Compression compression : values()) {
            byte[] magic = java.util.HexFormat.of().parseHex(compression.magicHex);
            if (magic.length > 0 && from.startsWith(magic)) {
                return Optional.of(compression);
            }
        }
        return Optional.empty();
    }

    private static LZMA2Options dictionary() throws IOException {
        LZMA2Options options = new LZMA2Options(6);
        options.setDictSize(8 << 20);
        return options;
    }
}
