package org.kdive.images.fuzz;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageReport;
import org.kdive.images.KernelConfig;
import org.kdive.images.KernelImage;
import org.kdive.images.btf.Btf;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.DynamicLinks;
import org.kdive.images.elf.ElfFile;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.Decompressor;
import org.kdive.images.symbols.ElfSymbols;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.unwind.ExidxTable;
import org.kdive.images.unwind.OrcTable;
import org.kdive.images.vmlinux.SymbolisedElf;

/** Kernel files and what they are packed in, read to the end. */
final class KernelReaders {
    private KernelReaders() {}

    static void kernel(byte[] input) {
        KernelImage image = KernelImage.of("kernel", input);
        ImageReport.of(image).lines();
        KernelConfig.inside(image);
        Optional<Btf> types = Btf.of(image);
        OrcTable.find(image, types)
                .ifPresent(table -> table.find(image.textLinkAddress().orElse(0)));
        Optional<SymbolTable> symbols = image.kallsyms();
        if (symbols.isPresent() && image.elf().isEmpty() && image.architecture() == Architecture.ARM) {
            ExidxTable.find(image, symbols.get());
        }
        if (symbols.isPresent()) {
            try {
                SymbolisedElf.of(image).writeTo(OutputStream.nullOutputStream());
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** The first byte chooses the compression, the second's low bit whether the size is said beforehand. */
    static void unpack(byte[] input) {
        Bytes bytes = Bytes.of("packed", input);
        Compression[] all = Compression.values();
        Compression compression = all[bytes.u8() % all.length];
        boolean sized = (bytes.u8() & 1) != 0;
        long size = bytes.u16();
        Decompressor.unpack(
                compression, bytes.take(bytes.remaining()), sized ? OptionalLong.of(size) : OptionalLong.empty());
    }

    static void elf(byte[] input) {
        ElfFile elf = ElfFile.read(Bytes.of("elf", input));
        elf.architecture();
        elf.addressOf(0x1000);
        elf.sections().forEach(section -> quietly(() -> elf.bytesOf(section)));
        elf.segments().forEach(segment -> quietly(() -> elf.memory().read(segment.virtualAddress(), 16)));
        quietly(() -> ElfSymbols.read(elf).ifPresent(table -> table.at(0x1234)));
        quietly(() -> DynamicLinks.of(elf));
    }

    static void config(byte[] input) {
        KernelConfig.read(Bytes.of("config", input)).options();
    }

    /** One damaged part does not keep us from reading the next. */
    static void quietly(Runnable part) {
        try {
            part.run();
        } catch (ImageException e) {
            ParserFuzz.requireFitForAUser(e);
        }
    }
}
