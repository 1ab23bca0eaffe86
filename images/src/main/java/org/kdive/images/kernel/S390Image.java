package org.kdive.images.kernel;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

/**
 * An s390x kernel with its decompressor (arch/s390/boot/head.S): the mark "S390EP" behind the first jump at 64 KiB, the
 * packed kernel somewhere behind it. Big endian.
 */
record S390Image(Bytes bytes, Compression compression, Bytes kernel) implements Container {
    private static final byte[] MAGIC = "S390EP".getBytes(StandardCharsets.ISO_8859_1);
    private static final long MAGIC_OFFSET = 0x10008;

    static Optional<Container> recognise(Bytes file) {
        if (!file.holdsAt(MAGIC_OFFSET, MAGIC)) {
            return Optional.empty();
        }
        Bytes ordered = file.withOrder(ByteOrder.BIG_ENDIAN);
        PackedSearch.Found found = PackedSearch.find(
                        ordered, MAGIC_OFFSET, OptionalLong.empty(), PackedSearch::holdsBanner)
                .orElseThrow(() -> new ImageException(
                        new ImageFailure.NotAKernel(file.source(), "s390 image without a packed kernel inside")));
        return Optional.of(new S390Image(ordered, found.compression(), found.kernel()));
    }

    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(KernelFormat.S390_IMAGE);
    }

    @Override
    public Optional<Architecture> architecture() {
        return Optional.of(Architecture.S390X);
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        return Optional.of(Container.recogniseOr(kernel, Architecture.S390X));
    }
}
