package org.kdive.images.initramfs;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZ;
import org.tukaani.xz.XZOutputStream;

/** How an initramfs is compressed, within what the kernel's own decompressors take. */
public enum Compression {
    NONE {
        @Override
        OutputStream compress(OutputStream out) {
            return out;
        }
    },
    GZIP {
        @Override
        OutputStream compress(OutputStream out) {
            return new ParallelGzipOutputStream(out);
        }
    },
    /** CRC32, because lib/xz of the kernel knows no other check, and a dictionary of 8 MiB. */
    XZ_CRC32 {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            LZMA2Options options = new LZMA2Options(6);
            options.setDictSize(8 << 20);
            return new XZOutputStream(out, options, XZ.CHECK_CRC32);
        }
    },
    /** Level 9, whose window of at most 8 MiB any reader takes. */
    ZSTD {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            return new ZstdOutputStream(out, 9).setChecksum(false);
        }
    },
    LZ4_LEGACY {
        @Override
        OutputStream compress(OutputStream out) throws IOException {
            return new Lz4LegacyOutputStream(out);
        }
    };

    /** Closing the stream finishes the compressed data and closes the one below. */
    abstract OutputStream compress(OutputStream out) throws IOException;
}
