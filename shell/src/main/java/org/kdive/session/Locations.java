package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;

/** Where a location as typed is: {@code SYMBOL}, {@code SYMBOL+OFFSET}, {@code MODULE:SYMBOL}, {@code *EXPRESSION}, {@code 0xADDRESS}. Session thread. */
final class Locations {
    private static final Pattern SYMBOL =
            Pattern.compile("((?:[\\w-]+:)?[A-Za-z_.$][\\w.$]*)(?:\\s*\\+\\s*(0[xX][0-9a-fA-F]+|\\d+))?");
    private static final int SUGGESTIONS = 3;

    private final Target target;
    private final SlideSearch slide;

    Locations(Target target, SlideSearch slide) {
        this.target = target;
        this.slide = slide;
    }

    /**
     * Run-time addresses, several for a name that several functions have; empty while the kernel's place is not known, or
     * the module is not loaded.
     * Throws NoSymbol for a name that the kernel does not have, and Usage for words that are no location.
     */
    List<Long> resolve(String location, ThreadId thread) {
        String text = location.strip();
        if (text.startsWith("*")) {
            return List.of(valueOf(text.substring(1), thread));
        }
        if (!text.isEmpty() && Character.isDigit(text.charAt(0))) {
            return List.of(valueOf(text, thread));
        }
        Matcher symbol = SYMBOL.matcher(text);
        if (!symbol.matches()) {
            throw new SessionException(
                    "\"%s\" is no location: SYMBOL, SYMBOL+OFFSET or *EXPRESSION".formatted(location),
                    new SessionFailure.Usage("SYMBOL | SYMBOL+OFFSET | *EXPRESSION"));
        }
        long offset = symbol.group(2) == null ? 0 : Long.decode(symbol.group(2));
        List<Symbol> found = named(symbol.group(1));
        return slide.isSettled()
                ? found.stream().map(s -> s.address() + offset).distinct().toList()
                : List.of();
    }

    private long valueOf(String expression, ThreadId thread) {
        return target.expression(expression).evaluate(target.scope(thread)).bits();
    }

    private List<Symbol> named(String name) {
        Program program = target.requireProgram();
        List<Symbol> found = new ArrayList<>(program.findSymbols(name));
        int colon = name.indexOf(':');
        if (colon > 0) {
            return inModule(program, name.substring(0, colon), name.substring(colon + 1), found);
        }
        if (found.isEmpty()) {
            // a static function that the compiler specialised keeps its name up to the first dot
            for (String clone : program.symbols().withPrefix(name + ".", 16)) {
                if (!clone.contains(".cold")) {
                    found.addAll(program.findSymbols(clone));
                }
            }
        }
        if (found.isEmpty()) {
            throw noSymbol(name, program.symbols());
        }
        return found;
    }

    private static List<Symbol> inModule(Program program, String module, String name, List<Symbol> found) {
        if (found.isEmpty()) {
            program.modules().stream()
                    .filter(loaded -> Program.isNamed(loaded, module))
                    .findFirst()
                    .ifPresent(loaded -> {
                        throw noSymbol(name, loaded.symbols());
                    });
        }
        return found;
    }

    static SessionException noSymbol(String name, SymbolTable symbols) {
        List<String> near = symbols.closest(name, SUGGESTIONS);
        String hint = near.isEmpty() ? "" : "; did you mean " + String.join(", ", near) + "?";
        return new SessionException("no symbol \"%s\"%s".formatted(name, hint), new SessionFailure.NoSymbol(name));
    }
}
