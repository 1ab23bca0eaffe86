package org.kdive.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelImage;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image symbols}: the symbols that a kernel carries in itself. */
@Command(
        name = "symbols",
        description = "Lists the kernel's own symbols at their link-time addresses, as System.map does.")
final class ImageSymbolsVerb implements Callable<Integer> {
    private static final int SUGGESTIONS = 3;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "KERNEL",
            converter = KernelWords.class,
            description = "A kernel of any format, or a name such as debian.")
    private KernelArgument kernel;

    @Parameters(index = "1", arity = "0..1", paramLabel = "NAME", description = "Only the symbols of this name.")
    private @Nullable String name; // null: all

    @Override
    public Integer call() {
        var line = spec.commandLine();
        KernelImage image = KernelImage.open(kernel.file(DownloadProgress.of(line.getErr())));
        SymbolTable table = image.kallsyms().orElseThrow(() -> missing(image, "built without kallsyms: no symbols"));
        String only = name;
        (only == null ? table.stream() : named(image, table, only).stream())
                .forEach(symbol -> line.getOut()
                        .printf(
                                "%0" + 2 * image.architecture().pointerBytes() + "x %c %s%n",
                                symbol.address(),
                                symbol.type(),
                                symbol.name()));
        return ExitStatus.WELL;
    }

    private static List<Symbol> named(KernelImage image, SymbolTable table, String name) {
        List<Symbol> found = table.findAll(name);
        if (found.isEmpty()) {
            List<String> near = table.closest(name, SUGGESTIONS);
            throw missing(
                    image,
                    "no symbol " + name + (near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?"));
        }
        return found;
    }

    private static ImageException missing(KernelImage image, String what) {
        return new ImageException(new ImageFailure.Missing(image.source(), what));
    }
}
