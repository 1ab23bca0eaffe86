package org.kdive.images.kernel;

import com.github.luben.zstd.ZstdOutputStream;
import io.airlift.compress.lz4.Lz4Compressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;

/** Packs a kernel for a boot loader to unpack. */
public final class Compressor {
    private static final int ZSTD_LEVEL = 9; // its window is 8 MiB, which any reader takes
    private static final int DICTIONARY_BYTES = 8 << 20;

    private static final int LZ4_BLOCK_BYTES = 4 << 20;
    private static final int LZ4_STORED = 1 << 31;
    // magic; version 1, independent blocks; of at most 4 MiB; the header's checksum, which is the same for all such
    private static final byte[] LZ4_FRAME_HEADER = {0x04, 0x22, 0x4d, 0x18, 0x60, 0x70, 0x73};

    private Compressor() {}

    public static Bytes pack(Compression compression, Bytes kernel) {
        if (compression == Compression.NONE) {
            return kernel;
        }
        if (compression == Compression.LZ4_FRAME) {
            return lz4Frame(kernel);
        }
        ByteArrayOutputStream packed = new ByteArrayOutputStream(kernel.size() / 2);
        try (OutputStream out = open(compression, kernel, packed)) {
            out.write(kernel.array(), kernel.arrayStart(), kernel.size());
        } catch (IOException e) {
            throw new UncheckedIOException(e); // memory does not fail so
        }
        return Bytes.of(kernel.source(), packed.toByteArray());
    }

    /** Of blocks that do not refer to each other, without checksums: the one kind that U-Boot reads. lz4_Frame_format.md. */
    private static Bytes lz4Frame(Bytes kernel) {
        Lz4Compressor compressor = new Lz4Compressor();
        byte[] block = new byte[compressor.maxCompressedLength(LZ4_BLOCK_BYTES)];
        ByteBuffer out =
                ByteBuffer.allocate(kernel.size() + kernel.size() / 128 + 64).order(ByteOrder.LITTLE_ENDIAN);
        out.put(LZ4_FRAME_HEADER);
        for (int from = 0; from < kernel.size(); from += LZ4_BLOCK_BYTES) {
            int length = Math.min(LZ4_BLOCK_BYTES, kernel.size() - from);
            int start = kernel.arrayStart() + from;
            int packed = compressor.compress(kernel.array(), start, length, block, 0, block.length);
            if (packed < length) {
                out.putInt(packed).put(block, 0, packed);
            } else {
                out.putInt(length | LZ4_STORED).put(kernel.array(), start, length);
            }
        }
        out.putInt(0);
        return Bytes.of(kernel.source(), Arrays.copyOf(out.array(), out.position()));
    }

    private static OutputStream open(Compression compression, Bytes kernel, OutputStream out) throws IOException {
        return switch (compression) {
            case GZIP -> new GZIPOutputStream(out);
            case BZIP2 -> new BZip2CompressorOutputStream(out);
            case LZMA -> {
                LZMA2Options options = new LZMA2Options();
                options.setDictSize(DICTIONARY_BYTES);
                yield new LZMAOutputStream(out, options, kernel.size());
            }
            case ZSTD -> new ZstdOutputStream(out, ZSTD_LEVEL);
            case NONE, XZ, LZO, LZ4_LEGACY, LZ4_FRAME ->
                throw new ImageException(
                        new ImageFailure.Unsupported(kernel.source(), "packing with " + compression.label()));
        };
    }
}
