package org.kdive.images.kernel;

import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;

/** A kernel file that was compressed as a whole: Image.gz and its like. */
record CompressedFile(Bytes bytes, Compression compression) implements Container {
    @Override
    public Optional<KernelFormat> format() {
        return Optional.empty();
    }

    @Override
    public Optional<Architecture> architecture() {
        return Optional.empty();
    }

    @Override
    public Optional<Container> open(Unpacking how) {
        return Optional.of(Container.recognise(how.unpack(compression, bytes, OptionalLong.empty())));
    }
}
