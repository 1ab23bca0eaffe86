package org.kdive.images.kernel;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.function.Predicate;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;

/**
 * Looks for a packed kernel whose place nothing tells: magics are tried from the front until one unpacks to what is
 * accepted. A decompressor holds false ones, so unpacking is the only proof.
 */
final class PackedSearch {
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.ISO_8859_1);
    private static final int MAX_FALSE_STARTS = 64;

    /** @param kernel unpacked, in the byte order of the file that was searched */
    record Found(Compression compression, Bytes kernel) {}

    private PackedSearch() {}

    /** Slow: unpacks whatever looks packed. The size is exact where it is known. */
    static Optional<Found> find(Bytes file, long from, OptionalLong size, Predicate<Bytes> isKernel) {
        int falseStarts = 0;
        for (long at = from; at < file.size() && falseStarts < MAX_FALSE_STARTS; at++) {
            Optional<Compression> kind = Compression.detectAt(file, at);
            if (kind.isPresent()) {
                Optional<Bytes> kernel = unpack(kind.get(), file.sliceFrom(at), size);
                if (kernel.filter(isKernel).isPresent()) {
                    return Optional.of(new Found(kind.get(), kernel.get().withOrder(file.order())));
                }
                falseStarts++;
            }
        }
        return Optional.empty();
    }

    /** Whether the kernel's greeting is there, with a number: the bare words are in messages as well. */
    static boolean holdsBanner(Bytes bytes) {
        OptionalInt at = bytes.find(BANNER, 0);
        while (at.isPresent()) {
            long number = at.getAsInt() + (long) BANNER.length;
            if (bytes.holds(number, 1) && Character.isDigit(bytes.u8At(number))) {
                return true;
            }
            at = bytes.find(BANNER, number);
        }
        return false;
    }

    private static Optional<Bytes> unpack(Compression kind, Bytes packed, OptionalLong size) {
        try {
            return Optional.of(Decompressor.unpack(kind, packed.withOrder(ByteOrder.LITTLE_ENDIAN), size));
        } catch (ImageException falseStart) {
            return Optional.empty();
        }
    }
}
