package org.kdive.command;

import java.util.Optional;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.session.Session;
import org.kdive.session.Stop;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.PrintOptions;
import org.kdive.session.printing.ValuePrinter;

/** How values are shown: what {@code set print} said last. Session thread. */
final class PrintSettings {
    private PrintOptions options = PrintOptions.defaults();

    PrintOptions options() {
        return options;
    }

    void options(PrintOptions changed) {
        options = changed;
    }

    private static String named(Symbol symbol, long address) {
        long offset = address - symbol.address();
        return offset == 0 ? symbol.name() : symbol.name() + (offset < 0 ? "" : "+") + offset;
    }

    /** The value on one line, cut where it gets long. */
    String brief(Session session, Value value) {
        return text(
                session,
                value,
                ' ',
                new PrintOptions(false, Math.min(32, options.elements()), options.repeats(), 1, options.symbols()));
    }

    /** The value as {@code print} shows it. */
    String text(Session session, Value value, char format) {
        return text(session, value, format, options);
    }

    /** The same with other options, this once. */
    String text(Session session, Value value, char format, PrintOptions with) {
        Optional<Program> program = session.program();
        ValuePrinter printer = new ValuePrinter(
                session.memory(),
                address -> program.flatMap(known -> known.symbolAt(address)).map(symbol -> named(symbol, address)),
                with);
        Optional<String> flags =
                session.state() instanceof Stop stop ? RegisterFlags.text(stop, value, format) : Optional.empty();
        return flags.orElseGet(() -> printer.print(value, format));
    }
}
