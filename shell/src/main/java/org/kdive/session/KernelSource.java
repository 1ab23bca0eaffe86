package org.kdive.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Supplier;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.arch.Disassembler;
import org.kdive.images.arch.InstructionSet;
import org.kdive.images.arch.Syntax;
import org.kdive.images.fetch.Cache;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.kernel.KeptKernels;
import org.kdive.images.symbols.SymbolTable;

/** Where a kernel to boot or to look at comes from, and what is read of it meanwhile. */
public final class KernelSource {
    private KernelSource() {}

    /** A file, or a distribution's kernel by name, which is fetched. Throws Io for what is neither. */
    public static Path file(String kernel, Progress progress) {
        return fetched(kernel, progress).map(FetchedKernel::kernel).orElseGet(() -> Path.of(kernel));
    }

    /** A kernel that is unpacked the first time only. Throws if the file is no kernel. */
    public static KernelImage open(Path file) {
        return KernelImage.open(file, new KeptKernels(cached("unpacked")));
    }

    /** The same as a file that QEMU can load. */
    static Path bootable(String kernel, Progress progress) {
        Path file = file(kernel, progress);
        return bootable(file, open(file));
    }

    static Path bootable(Path file, KernelImage image) {
        return new BootableKernel(cached("unpacked")).of(file, image);
    }

    /** Empty for a kernel that is a file of the user's. */
    static Optional<FetchedKernel> fetched(String kernel, Progress progress) {
        Path file = Path.of(kernel);
        if (Files.exists(file) && !Files.isDirectory(file)) {
            return Optional.empty();
        }
        KernelName name = KernelName.find(kernel)
                .orElseThrow(() -> new SessionException(
                        "%s: %s, and no kernel's name; try debian"
                                .formatted(kernel, Files.isDirectory(file) ? "a directory" : "no such file"),
                        new SessionFailure.Io(kernel)));
        return Optional.of(KernelFetcher.ofUser().fetch(name, progress));
    }

    /** Reads them on a thread of their own, from now on. A kernel without kallsyms has none. */
    public static Supplier<Optional<Program>> symbolsOf(KernelImage image) {
        CompletableFuture<Optional<Program>> reading = new CompletableFuture<>();
        Thread reader = new Thread(
                () -> {
                    try {
                        SymbolTable table = image.kallsyms().orElseGet(() -> SymbolTable.empty(image.source()));
                        reading.complete(Optional.of(Program.of(image, table)));
                    } catch (RuntimeException | Error e) {
                        reading.completeExceptionally(e);
                    }
                    // libcapstone takes as long to load as ten stops to show; nobody waits for it here
                    InstructionSet.find(image.architecture())
                            .flatMap(set -> Disassembler.find(set, Syntax.INTEL))
                            .ifPresent(Disassembler::close);
                },
                "symbols");
        reader.setDaemon(true);
        reader.start();
        return () -> joined(reading);
    }

    private static Optional<Program> joined(CompletableFuture<Optional<Program>> reading) {
        try {
            return reading.join();
        } catch (CompletionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw e;
        }
    }

    /** A directory of the user's cache. */
    static Path cached(String what) {
        return Cache.ofUser(System.getenv()).root().resolve(what);
    }
}
