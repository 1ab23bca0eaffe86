package org.kdive.images.kernel;

import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;

/** A kernel without any header, whose first byte is linked as told; it came out of something that had one. */
record RawKernel(Bytes bytes, Architecture known, OptionalLong linkAddressHint) implements Container {
    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(KernelFormat.RAW);
    }

    @Override
    public Optional<Architecture> architecture() {
        return Optional.of(known);
    }

    @Override
    public Compression compression() {
        return Compression.NONE;
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        return Optional.empty();
    }
}
