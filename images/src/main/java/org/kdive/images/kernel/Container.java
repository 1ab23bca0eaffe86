package org.kdive.images.kernel;

import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;

/** One layer of a kernel file: what its header says, and what is inside. */
public interface Container {
    /** The format this layer makes of a file; empty for a plain compressed file, which says nothing about itself. */
    Optional<KernelFormat> format();

    /** As far as this layer knows without being unpacked. */
    Optional<Architecture> architecture();

    /** How what is inside is packed. */
    Compression compression();

    /** This layer as it is in the file. */
    Bytes bytes();

    /** The next layer, unpacked; empty if this one is the kernel itself. Slow if it has to decompress. */
    Optional<Container> open(Unpacking how);

    /** The release and build text of the header, if it has such a field: "6.1.0-9-amd64 (...) #1 SMP ...". */
    default Optional<String> versionText() {
        return Optional.empty();
    }

    /** The x86 setup header. */
    default Optional<BzImageHeader> setupHeader() {
        return Optional.empty();
    }

    /** Where the first byte of a kernel without ELF headers is linked, as far as the header tells. */
    default OptionalLong linkAddressHint() {
        return OptionalLong.empty();
    }

    /** Where in physical memory it is to be loaded, as far as the header tells. */
    default Optional<Placement> placement() {
        return Optional.empty();
    }

    /** Where this layer must be loaded, physical, if it is one address and the header tells it. */
    default OptionalLong fixedAddress() {
        return OptionalLong.empty();
    }

    /** What the kernel takes in memory, zeroed data included, as far as the header tells. */
    default OptionalLong memoryBytes() {
        return OptionalLong.empty();
    }

    /**
     * What kind of kernel file this is. The order matters: a bzImage and an arm64 Image are also PE files, and compressed
     * data may contain anything.
     */
    static Container recognise(Bytes file) {
        Optional<Compression> compression = Compression.detect(file);
        if (compression.isPresent()) {
            return new CompressedFile(file, compression.get());
        }
        return UImage.recognise(file)
                .or(() -> EfiZboot.recognise(file))
                .or(() -> BzImage.recognise(file))
                .or(() -> FlatImage.recognise(file))
                .or(() -> ArmZImage.recognise(file))
                .or(() -> PackedElf.recognise(file))
                .or(() -> ElfFile.isElf(file) ? Optional.of(new Vmlinux(file)) : Optional.empty())
                .or(() -> S390Image.recognise(file))
                .or(() -> OldX86Image.recognise(file))
                .orElseThrow(() -> new ImageException(new ImageFailure.NotAKernel(file.source(), firstBytes(file))));
    }

    /** What came out of a packed kernel: something with a header, or a bare kernel, for which the packing must tell. */
    static Container recogniseOr(Bytes inside, Architecture architecture) {
        return ElfFile.isElf(inside)
                ? new Vmlinux(inside)
                : FlatImage.recognise(inside)
                        .orElseGet(() -> new RawKernel(inside, architecture, OptionalLong.empty()));
    }

    private static String firstBytes(Bytes file) {
        if (file.size() == 0) {
            return "the file is empty";
        }
        StringBuilder hex = new StringBuilder("it begins with");
        for (int i = 0; i < Math.min(8, file.size()); i++) {
            hex.append(" %02x".formatted(file.u8At(i)));
        }
        return hex.toString();
    }
}
