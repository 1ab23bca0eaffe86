package org.kdive.command;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.session.Breakpoint;
import org.kdive.session.BreakpointSpec;
import org.kdive.session.Role;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs about what happens at breakpoints, besides stopping. */
final class ActionVerbs {
    private static final int MOST_MATCHES = 20_000;

    private final List<Integer> lastSet = new ArrayList<>(); // by rbreak; session thread

    private ActionVerbs() {}

    static List<Command> all() {
        ActionVerbs verbs = new ActionVerbs();
        return List.of(verbs.commands(), dprintf(), count(), verbs.rbreak());
    }

    private Command commands() {
        return Command.named("commands")
                .topic(Topic.BREAKPOINTS)
                .usage("commands [NUMBER...]")
                .summary("run lines after each stop at a breakpoint; the last one set without a number")
                .help(
                        "silent as the first line keeps the stop from being told. A line that lets the guest run, such as continue, is"
                                + " the last one that is run. Without lines the breakpoint has none any more.")
                .takes(Command.Block.COMMANDS)
                .opens((session, arguments) -> """
                        Type commands for breakpoint(s) %s, one per line.
                        End with a line saying just "end".""".formatted(Words.listed(named(session, arguments))))
                .completes(Completers.BREAKPOINTS)
                .runs((session, arguments, output) -> {
                    List<String> lines =
                            arguments.body().stream().map(String::strip).toList();
                    for (int number : named(session, arguments)) {
                        session.breakpoints().commands(number, lines);
                    }
                });
    }

    private List<Integer> named(Session session, Arguments arguments) {
        if (!arguments.isEmpty()) {
            List<Integer> numbers = BreakpointNumbers.whole(session, arguments.words());
            numbers.forEach(session.breakpoints()::require); // before anybody types lines for it
            return numbers;
        }
        int last = session.breakpoints().lastNumber();
        if (last == 0) {
            throw new SessionException("No breakpoints specified.", new SessionFailure.Usage("commands NUMBER"));
        }
        return lastSet.contains(last) ? List.copyOf(lastSet) : List.of(last);
    }

    private static Command dprintf() {
        String usage = "dprintf LOCATION,\"FORMAT\",EXPRESSION...";
        return Command.named("dprintf")
                .topic(Topic.BREAKPOINTS)
                .usage(usage)
                .summary("print at a place, and let the guest go on")
                .help("As printf prints: dprintf do_sys_openat2,\"%d opens %s\\n\",$lx_current()->pid,(char *)$rsi")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    int comma = arguments.tail().indexOf(',');
                    if (comma < 0) {
                        throw new SessionException("Format string required", new SessionFailure.Usage(usage));
                    }
                    Role role =
                            Role.Prints.of(arguments.tail().substring(comma + 1).strip());
                    silent(session, "dprintf", arguments.tail().substring(0, comma), usage, role, "Dprintf", output);
                });
    }

    private static Command count() {
        String usage = "count LOCATION [thread NUMBER] [if CONDITION]";
        return Command.named("count")
                .topic(Topic.BREAKPOINTS)
                .usage(usage)
                .summary("count how often a place is passed; info breakpoints tells")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException("count: which place?", new SessionFailure.Usage(usage));
                    }
                    silent(session, "count", arguments.tail(), usage, new Role.Counts(), "Counter", output);
                });
    }

    private static void silent(
            Session session, String verb, String tail, String usage, Role role, String title, Output output) {
        BreakpointSpec spec =
                BreakpointVerbs.Wanted.parse(session, verb, tail, usage).spec(Stoppoint.Kind.SOFTWARE);
        BreakpointVerbs.added(session, session.place(spec.withRole(role)), title, output);
    }

    private Command rbreak() {
        String usage = "rbreak REGEX";
        return Command.named("rbreak")
                .topic(Topic.BREAKPOINTS)
                .usage(usage)
                .summary("stop in every function whose name matches")
                .help("commands after it is for all of them. rbreak ^tun_ finds those of loaded modules too.")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException("rbreak: which functions?", new SessionFailure.Usage(usage));
                    }
                    lastSet.clear();
                    matching(session, arguments.tail()).forEach((location, symbol) -> {
                        session.checkInterrupt();
                        Breakpoint added = session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, location));
                        lastSet.add(added.number());
                        BreakpointVerbs.added(session, added, "Breakpoint", output);
                        output.line("%s", NameVerbs.prototype(program(session), symbol));
                    });
                });
    }

    private static Program program(Session session) {
        return session.program()
                .orElseThrow(() -> new SessionException(
                        "no kernel image is known; give one with --kernel", new SessionFailure.NoSymbol("")));
    }

    /** Locations, each once, with one of the symbols that they name. */
    private static Map<String, Symbol> matching(Session session, String regex) {
        NamePattern pattern = new NamePattern(session, regex, "rbreak REGEX");
        Map<String, Symbol> found = new LinkedHashMap<>();
        BiConsumer<SymbolTable, String> search = (table, prefix) -> table.matching(pattern::isIn, MOST_MATCHES).stream()
                .filter(Symbol::isText)
                .forEach(symbol -> found.putIfAbsent(prefix + symbol.name(), symbol));
        search.accept(program(session).symbols(), "");
        program(session).modules().forEach(module -> search.accept(module.symbols(), module.name() + ":"));
        return found;
    }
}
