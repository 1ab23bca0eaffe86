package org.kdive.images.kernel;

import java.util.Locale;
import java.util.Optional;
import org.kdive.images.bytes.Bytes;

/** How a kernel payload is compressed, and how one is recognised: the magics of lib/decompress.c. */
public enum Compression {
    NONE(),
    GZIP(0x1f, 0x8b),
    BZIP2(0x42, 0x5a, 0x68),
    XZ(0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00),
    LZO(0x89, 0x4c, 0x5a, 0x4f, 0x00, 0x0d, 0x0a, 0x1a, 0x0a),
    LZ4_LEGACY(0x02, 0x21, 0x4c, 0x18),
    LZ4_FRAME(0x04, 0x22, 0x4d, 0x18),
    ZSTD(0x28, 0xb5, 0x2f, 0xfd),
    /** The LZMA-alone format: no magic but its usual properties byte, and a dictionary size below 16 MiB. */
    LZMA(0x5d, 0x00, 0x00);

    @SuppressWarnings("ImmutableEnumChecker") // never written and never handed out
    private final byte[] magic;

    Compression(int... magic) {
        this.magic = new byte[magic.length];
        for (int i = 0; i < magic.length; i++) {
            this.magic[i] = (byte) magic[i];
        }
    }

    /** As people write it: {@code gzip}, {@code lz4-legacy}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** By the first bytes; empty if they are no compressed stream's. */
    public static Optional<Compression> detect(Bytes bytes) {
        return detectAt(bytes, 0);
    }

    static Optional<Compression> detectAt(Bytes bytes, long offset) {
        for (Compression kind : values()) {
            if (kind != NONE && bytes.holdsAt(offset, kind.magic)) {
                return Optional.of(kind);
            }
        }
        return Optional.empty();
    }
}
