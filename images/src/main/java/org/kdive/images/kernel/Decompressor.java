package org.kdive.images.kernel;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Arrays;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorInputStream;
import org.apache.commons.compress.compressors.lz4.FramedLZ4CompressorInputStream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;
import org.tukaani.xz.LZMAInputStream;
import org.tukaani.xz.SingleXZInputStream;

/**
 * Undoes every compression a kernel build offers. What is unpacked is bounded three ways: by the declared size, by what a
 * kernel of that many packed bytes can be, and absolutely. Bytes behind the stream are ignored: kernels append the size.
 */
public final class Decompressor {
    /** No kernel is larger; nor may a stream unpack to more. */
    public static final int LIMIT_BYTES = 512 << 20;

    // Kernels pack 3 to 5 times; a stream that claims more than this is a bomb, not a kernel.
    private static final int MAX_RATIO = 64;
    private static final int RATIO_SLACK_BYTES = 16 << 20;
    private static final int XZ_MEMORY_KIB = 192 << 10; // the largest preset's dictionary is 64 MiB
    private static final int ZSTD_WINDOW_LOG_MAX = 28; // kernels use 27

    private final Bytes packed;
    private final Compression compression;

    private Decompressor(Compression compression, Bytes packed) {
        this.compression = compression;
        this.packed = packed;
    }

    /** Exactly {@code declaredSize} bytes if that is known, and an exception if the stream holds fewer. */
    public static Bytes unpack(Compression compression, Bytes packed, OptionalLong declaredSize) {
        Decompressor decompressor = new Decompressor(compression, packed);
        return Bytes.of(packed.source() + " (unpacked)", decompressor.unpack(declaredSize));
    }

    private byte[] unpack(OptionalLong declaredSize) {
        try {
            return declaredSize.isPresent() ? exactly(requirePlausible(declaredSize.getAsLong())) : all();
        } catch (ImageException e) {
            throw e;
        } catch (RuntimeException e) {
            // The libraries have a dozen exceptions for bytes that are not theirs.
            throw corrupt(e);
        }
    }

    private long limitBytes() {
        return Math.min(LIMIT_BYTES, (long) MAX_RATIO * packed.size() + RATIO_SLACK_BYTES);
    }

    private int requirePlausible(long sizeBytes) {
        if (sizeBytes < 0 || sizeBytes > limitBytes()) {
            throw new ImageException(
                    "%s: %d packed bytes are declared to unpack to %d"
                            .formatted(packed.source(), packed.size(), sizeBytes),
                    new ImageFailure.TooLarge(packed.source(), sizeBytes, limitBytes()));
        }
        return (int) sizeBytes;
    }

    private byte[] exactly(int sizeBytes) {
        return switch (compression) {
            case NONE -> packed.toArray(0, sizeBytes);
            case LZ4_LEGACY -> Lz4Legacy.unpack(packed, sizeBytes);
            case LZO -> Lzop.unpack(packed, sizeBytes);
            case ZSTD -> zstd(sizeBytes);
            case GZIP, BZIP2, XZ, LZMA, LZ4_FRAME -> stream(sizeBytes);
        };
    }

    private byte[] all() {
        return switch (compression) {
            case NONE -> packed.toArray();
            case LZ4_LEGACY -> Lz4Legacy.unpack(packed, requireWithin(Lz4Legacy.sizeBytes(packed)));
            case LZO -> Lzop.unpack(packed, requireWithin(Lzop.sizeBytes(packed)));
            case GZIP, BZIP2, XZ, LZMA, ZSTD, LZ4_FRAME -> stream();
        };
    }

    private int requireWithin(long sizeBytes) {
        return requirePlausible(sizeBytes);
    }

    /** In one call: a window of 128 MiB, as the kernel's -22 --ultra asks for, then costs no memory of its own. */
    private byte[] zstd(int sizeBytes) {
        long frameBytes = zstdFrameBytes();
        byte[] out = new byte[sizeBytes];
        long written =
                Zstd.decompressByteArray(out, 0, sizeBytes, packed.array(), packed.arrayStart(), (int) frameBytes);
        if (Zstd.isError(written)) {
            throw packed.malformedAt(0, "zstd: " + Zstd.getErrorName(written));
        }
        requireAll(sizeBytes, written);
        return out;
    }

    private long zstdFrameBytes() {
        long frameBytes = Zstd.findFrameCompressedSize(packed.array(), packed.arrayStart(), packed.size());
        if (Zstd.isError(frameBytes) || frameBytes > packed.size()) {
            throw packed.malformedAt(0, "zstd: " + Zstd.getErrorName(frameBytes));
        }
        return frameBytes;
    }

    private byte[] stream(int sizeBytes) {
        byte[] out = new byte[sizeBytes];
        try (InputStream in = open()) {
            int count = in.readNBytes(out, 0, sizeBytes);
            requireAll(sizeBytes, count);
            // One byte more makes gzip and xz verify their checksums.
            if (in.read() >= 0) {
                throw packed.malformedAt(0, "more than the %d bytes declared".formatted(sizeBytes));
            }
            return out;
        } catch (IOException e) {
            throw corrupt(e);
        }
    }

    private byte[] stream() {
        long limit = limitBytes();
        try (InputStream in = open()) {
            byte[] out = in.readNBytes((int) limit);
            if (out.length == limit && in.read() >= 0) {
                throw new ImageException(new ImageFailure.TooLarge(packed.source(), limit + 1, limit));
            }
            return out;
        } catch (IOException e) {
            throw corrupt(e);
        }
    }

    private InputStream open() throws IOException {
        InputStream in = packed.stream();
        return switch (compression) {
            case GZIP -> new GZIPInputStream(in, 1 << 16);
            case BZIP2 -> new BZip2CompressorInputStream(in);
            case XZ -> new SingleXZInputStream(in, XZ_MEMORY_KIB);
            case LZMA -> new LZMAInputStream(in, XZ_MEMORY_KIB);
            case LZ4_FRAME -> new FramedLZ4CompressorInputStream(in);
            // Of one frame: the library takes what is behind it for another.
            case ZSTD ->
                new ZstdInputStream(packed.slice(0, zstdFrameBytes()).stream()).setLongMax(ZSTD_WINDOW_LOG_MAX);
            case NONE, LZ4_LEGACY, LZO -> throw new IllegalStateException(compression + " has no stream");
        };
    }

    private void requireAll(long declared, long found) {
        if (found != declared) {
            throw packed.malformedAt(
                    packed.size(),
                    "%s stream ends after %d of %d bytes".formatted(compression.label(), found, declared));
        }
    }

    private ImageException corrupt(Exception e) {
        return new ImageException(
                packed.malformedAt(0, compression.label() + ": " + ImageException.reason(e))
                        .failure(),
                e);
    }

    /** For the block formats: the last array may turn out shorter than its bound. */
    static byte[] trimmed(byte[] out, int length) {
        return out.length == length ? out : Arrays.copyOf(out, length);
    }
}
