package org.kdive.cli;

import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelImage;
import org.kdive.images.symbols.RustName;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image symbols}: the symbols that a kernel carries in itself. */
@Command(
        name = "symbols",
        description = "Lists the kernel's own symbols at their link-time addresses, as System.map does.")
final class ImageSymbolsVerb implements Callable<Integer> {
    private static final int SUGGESTIONS = 3;
    private static final Pattern PLAIN = Pattern.compile("[\\w$:]+(\\.[\\w$]+)*");

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "KERNEL",
            converter = KernelWords.class,
            description = "A kernel of any format, or a name such as debian.")
    private KernelArgument kernel;

    @Parameters(
            index = "1",
            arity = "0..1",
            paramLabel = "NAME|REGEX",
            description = "Only the symbols of this name, or those whose name contains a match.")
    private @Nullable String wanted; // null: all

    @Option(names = "--prefix", paramLabel = "TEXT", description = "Only those whose name begins so.")
    private @Nullable String prefix; // null: however it begins

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        Predicate<String> matches = matches();
        KernelImage image = kernel.open(line.getErr());
        SymbolTable table = image.kallsyms()
                .orElseThrow(() -> missing(image, "no symbols: built without CONFIG_KALLSYMS, or stripped"));
        List<Symbol> found = wanted == null ? List.of() : table.findAll(wanted);
        Stream<Symbol> answer = found.isEmpty() ? table.stream().filter(s -> matches(matches, s)) : found.stream();
        String start = prefix;
        List<Symbol> symbols =
                answer.filter(s -> start == null || startsWith(s, start)).toList();
        if (symbols.isEmpty()) {
            throw missing(image, noneFound(table));
        }
        if (json) {
            printJson(symbols, line.getOut());
        } else {
            String format = "%0" + 2 * image.architecture().pointerBytes() + "x %c %s";
            PrintWriter visible = VisibleWriter.answer(line.getOut());
            symbols.forEach(s -> visible.println(format.formatted(s.address(), s.type(), RustName.readable(s.name()))));
        }
        return ExitStatus.WELL;
    }

    /** A plain name is only ever itself, or the readable form of a Rust name: "vfs_read" does not ask for more. */
    private Predicate<String> matches() {
        String text = wanted;
        if (text == null) {
            return name -> true;
        }
        if (PLAIN.matcher(text).matches()) {
            return text::equals;
        }
        try {
            return Pattern.compile(text).asPredicate();
        } catch (PatternSyntaxException e) {
            throw new ParameterException(
                    spec.commandLine(), "'%s' is no regular expression: %s".formatted(text, e.getDescription()));
        }
    }

    private static boolean matches(Predicate<String> wanted, Symbol symbol) {
        return wanted.test(symbol.name())
                || RustName.demangle(symbol.name()).filter(wanted).isPresent();
    }

    private static boolean startsWith(Symbol symbol, String prefix) {
        return symbol.name().startsWith(prefix)
                || RustName.demangle(symbol.name())
                        .filter(name -> name.startsWith(prefix))
                        .isPresent();
    }

    private String noneFound(SymbolTable table) {
        String text = wanted;
        if (text == null || !PLAIN.matcher(text).matches()) {
            return "no symbol matches";
        }
        List<String> near = table.closest(text, SUGGESTIONS);
        return "no symbol " + text + (near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?");
    }

    private static void printJson(List<Symbol> symbols, PrintWriter out) {
        Json.print(out, to -> {
            to.writeStartArray();
            for (Symbol symbol : symbols) {
                to.writeStartObject();
                to.writeStringField("name", symbol.name());
                var readable = RustName.demangle(symbol.name());
                if (readable.isPresent()) {
                    to.writeStringField("readable", readable.get());
                }
                to.writeStringField("address", "0x%x".formatted(symbol.address()));
                to.writeStringField("type", String.valueOf(symbol.type()));
                to.writeNumberField("size", symbol.sizeBytes());
                to.writeEndObject();
            }
            to.writeEndArray();
        });
    }

    private static ImageException missing(KernelImage image, String what) {
        return new ImageException(new ImageFailure.Missing(image.source(), what));
    }
}
