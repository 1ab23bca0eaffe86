package org.kdive.command;

import java.util.List;
import java.util.Optional;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.CPrinter;
import org.kdive.images.types.Function;
import org.kdive.images.types.Parameter;
import org.kdive.images.types.TypeTable;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The words of {@code info} that list names. */
final class NameVerbs {
    private static final int MOST = 100_000;

    private NameVerbs() {}

    static List<Command> all() {
        return List.of(types(), symbols("functions", true), symbols("variables", false), scope());
    }

    private static Command types() {
        return Command.named("types")
                .usage("info types [REGEX]")
                .summary("types of the kernel whose name matches")
                .runs((session, arguments, output) -> {
                    NamePattern pattern = new NamePattern(session, arguments.tail(), "info types REGEX");
                    output.line("%s", heading("types", arguments));
                    for (String name : requireTypes(session).typeNames("", MOST)) {
                        session.checkInterrupt();
                        if (pattern.isIn(name)) {
                            output.line("        %s;", name);
                        }
                    }
                });
    }

    private static TypeTable requireTypes(Session session) {
        return session.program()
                .flatMap(Program::types)
                .orElseThrow(() -> new SessionException(
                        "the kernel carries no types: it was built without BTF, or none is known",
                        new SessionFailure.Unsupported("types")));
    }

    private static String heading(String what, Arguments arguments) {
        return arguments.isEmpty()
                ? "All defined %s:".formatted(what)
                : "All %s matching regular expression \"%s\":".formatted(what, arguments.tail());
    }

    private static Command symbols(String what, boolean code) {
        return Command.named(what)
                .usage("info %s [REGEX]".formatted(what))
                .summary("%s of the kernel whose name matches, with their addresses%s"
                        .formatted(what, code ? " and prototypes" : ""))
                .runs((session, arguments, output) -> {
                    NamePattern pattern =
                            new NamePattern(session, arguments.tail(), "info %s REGEX".formatted(arguments.verb()));
                    Program program = session.program()
                            .orElseThrow(() -> new SessionException(
                                    "no kernel image is known; give one with --kernel",
                                    new SessionFailure.NoSymbol("")));
                    output.line("%s", heading(what, arguments));
                    for (Symbol symbol : program.symbols().matching(pattern::isIn, MOST)) {
                        session.checkInterrupt();
                        if (symbol.isText() == code) {
                            long address = symbol.isAbsolute() ? symbol.address() : program.toRunTime(symbol.address());
                            output.line("0x%016x  %s", address, code ? prototype(program, symbol) : symbol.name());
                        }
                    }
                });
    }

    /** {@code long do_sys_openat2(int dfd, ...);} by BTF; the name where there is none. */
    static String prototype(Program program, Symbol symbol) {
        Optional<Function> function = program.types().flatMap(types -> types.findFunction(symbol.name()));
        return function.map(known -> CPrinter.declaration(known.type(), symbol.name()) + ";")
                .orElse(symbol.name());
    }

    private static Command scope() {
        return Command.named("scope")
                .usage("info scope FUNCTION")
                .summary("what is known of a function's variables: its arguments, if BTF has them")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "info scope: of which function?", new SessionFailure.Usage("info scope FUNCTION"));
                    }
                    session.resolve(arguments.tail());
                    Optional<Function> function = session.program()
                            .flatMap(Program::types)
                            .flatMap(types -> types.findFunction(arguments.tail()));
                    function.ifPresent(known ->
                            known.type().parameters().forEach(parameter -> output.line("%s", argument(parameter))));
                    output.line(
                            "%s",
                            function.isPresent()
                                    ? "Locals and their places are not known: they need DWARF, which a stock kernel does not carry."
                                    : "Nothing is known: no BTF of this function, and a stock kernel carries no DWARF.");
                });
    }

    private static String argument(Parameter parameter) {
        return "Argument %s, length %d."
                .formatted(
                        CPrinter.declaration(parameter.type().type(), parameter.name()),
                        parameter.type().type().sizeBytes());
    }
}
