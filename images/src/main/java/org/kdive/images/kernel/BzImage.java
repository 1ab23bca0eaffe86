package org.kdive.images.kernel;

import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.bytes.Bytes;

/** An x86 kernel: real-mode setup, decompressor, and the packed vmlinux whose place the setup header tells. */
public record BzImage(Bytes bytes, BzImageHeader header, Compression compression, Bytes packed) implements Container {
    private static final int PROTOCOL_WITH_PAYLOAD = 0x0208;

    static Optional<Container> recognise(Bytes file) {
        if (!BzImageHeader.isAt(file)) {
            return Optional.empty();
        }
        BzImageHeader header = BzImageHeader.read(file);
        if (header.protocol() < PROTOCOL_WITH_PAYLOAD) {
            return OldX86Image.recognise(file);
        }
        Bytes packed = file.slice(header.protectedModeOffset() + header.payloadOffset(), header.payloadLength());
        Compression compression = Compression.detect(packed).orElse(Compression.NONE);
        return Optional.of(new BzImage(file, header, compression, packed));
    }

    @Override
    public Optional<KernelFormat> format() {
        return Optional.of(header.loadedHigh() ? KernelFormat.BZIMAGE : KernelFormat.X86_ZIMAGE);
    }

    @Override
    public Optional<Architecture> architecture() {
        return header.has64BitEntry() ? Optional.of(Architecture.X86_64) : Optional.empty();
    }

    @Override
    public Optional<BzImageHeader> setupHeader() {
        return Optional.of(header);
    }

    @Override
    public Optional<String> versionText() {
        return header.kernelVersion();
    }

    /** The packed vmlinux; its last word is the unpacked size, whatever the compression. */
    @Override
    public Optional<Container> open(Unpacking how) {
        Bytes kernel = compression == Compression.NONE
                ? packed
                : how.unpack(compression, packed, OptionalLong.of(packed.u32At(packed.size() - 4L)));
        return Optional.of(new Vmlinux(kernel));
    }
}
