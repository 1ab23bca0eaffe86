package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.kdive.session.Session;
import org.kdive.session.SessionState;
import org.kdive.session.Stop;

/** What could stand where the last word is being typed. */
final class Completers {
    private static final int MOST = 200;

    private Completers() {}

    /** Symbols, also after a star. */
    static final Command.Completer LOCATIONS = (session, typed) -> {
        String word = typed.lastWord();
        return word.startsWith("*") || word.startsWith("$") ? expression(session, word) : symbols(session, word, "");
    };

    /** Symbols, and registers after a dollar. */
    static final Command.Completer EXPRESSIONS = (session, typed) -> expression(session, typed.lastWord());

    /** Numbers of breakpoints. */
    static final Command.Completer BREAKPOINTS = (session, typed) -> session.breakpoints().all().stream()
            .map(breakpoint -> String.valueOf(breakpoint.number()))
            .filter(number -> number.startsWith(typed.lastWord()))
            .toList();

    /** Registers by their plain names. */
    static final Command.Completer REGISTERS = (session, typed) -> registers(session, typed.lastWord(), "");

    private static List<String> expression(Session session, String word) {
        int start = word.length();
        while (start > 0
                && (Character.isLetterOrDigit(word.charAt(start - 1)) || "_.$".indexOf(word.charAt(start - 1)) >= 0)) {
            start--;
        }
        String before = word.substring(0, start);
        String name = word.substring(start);
        return name.startsWith("$")
                ? registers(session, name.substring(1), before + "$")
                : symbols(session, name, before);
    }

    private static List<String> symbols(Session session, String name, String before) {
        List<String> found = new ArrayList<>();
        session.program().ifPresent(program -> found.addAll(program.symbolNames(name, MOST)));
        return found.stream().map(symbol -> before + symbol).toList();
    }

    private static List<String> registers(Session session, String name, String before) {
        SessionState state = session.state();
        Stream<String> names = state instanceof Stop stop
                ? Stream.concat(
                        Stream.of("pc", "sp", "fp"),
                        stop.registers().all().stream().map(register -> register.name()))
                : Stream.of();
        return names.filter(register -> register.startsWith(name))
                .distinct()
                .map(register -> before + register)
                .toList();
    }
}
