package org.kdive.images.kernel;

import com.github.luben.zstd.Zstd;
import io.airlift.compress.lz4.Lz4Compressor;
import io.airlift.compress.lzo.LzoCompressor;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorOutputStream;
import org.kdive.images.bytes.ByteWriter;
import org.tukaani.xz.FilterOptions;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.LZMAOutputStream;
import org.tukaani.xz.X86Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** Packs as kernel builds do (scripts/Makefile.lib, cmd_gzip and its neighbours), without the appended size. */
public final class Packing {
    private static final int LZ4_BLOCK_BYTES = 8 << 20;
    private static final int LZO_BLOCK_BYTES = 256 << 10;

    private Packing() {}

    public static byte[] pack(Compression compression, byte[] plain) {
        try {
            return switch (compression) {
                case NONE -> plain;
                case GZIP -> stream(plain, GZIPOutputStream::new);
                case BZIP2 -> stream(plain, BZip2CompressorOutputStream::new);
                case LZ4_FRAME -> stream(plain, FramedLZ4CompressorOutputStream::new);
                case XZ ->
                    stream(
                            plain,
                            out -> new XZOutputStream(
                                    out, new FilterOptions[] {new X86Options(), new LZMA2Options()}, XZ.CHECK_CRC32));
                case LZMA -> stream(plain, out -> new LZMAOutputStream(out, new LZMA2Options(1), -1));
                case ZSTD -> Zstd.compress(plain, 3);
                case LZ4_LEGACY -> lz4(plain);
                case LZO -> lzop(plain);
            };
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private interface Wrap {
        OutputStream around(OutputStream out) throws IOException;
    }

    private static byte[] stream(byte[] plain, Wrap wrap) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = wrap.around(packed)) {
            out.write(plain);
        }
        return packed.toByteArray();
    }

    private static byte[] lz4(byte[] plain) {
        ByteWriter out = new ByteWriter(ByteOrder.LITTLE_ENDIAN).u32(0x184c2102L);
        Lz4Compressor compressor = new Lz4Compressor();
        for (int from = 0; from < plain.length; from += LZ4_BLOCK_BYTES) {
            int length = Math.min(LZ4_BLOCK_BYTES, plain.length - from);
            byte[] block = new byte[compressor.maxCompressedLength(length)];
            int packed = compressor.compress(plain, from, length, block, 0, block.length);
            out.u32(packed).bytes(Arrays.copyOf(block, packed));
        }
        return out.toArray();
    }

    private static byte[] lzop(byte[] plain) {
        ByteWriter out = new ByteWriter(ByteOrder.BIG_ENDIAN)
                .text("\u0089LZO\0\r\n\u001a\n")
                .u16(0x1030)
                .u16(0x20a0)
                .u16(0x0940)
                .u8(3)
                .u8(9)
                .u32(0x0300_0101)
                .u32(0x81a4)
                .u32(0)
                .u32(0)
                .u8(0)
                .u32(0);
        LzoCompressor compressor = new LzoCompressor();
        for (int from = 0; from < plain.length; from += LZO_BLOCK_BYTES) {
            int length = Math.min(LZO_BLOCK_BYTES, plain.length - from);
            byte[] block = new byte[compressor.maxCompressedLength(length)];
            int packed = compressor.compress(plain, from, length, block, 0, block.length);
            boolean stored = packed >= length;
            // flags 0x101: an Adler-32 and a CRC-32 of what is unpacked
            out.u32(length).u32(stored ? length : packed).u32(0).u32(0);
            out.bytes(stored ? Arrays.copyOfRange(plain, from, from + length) : Arrays.copyOf(block, packed));
        }
        return out.u32(0).toArray();
    }
}
