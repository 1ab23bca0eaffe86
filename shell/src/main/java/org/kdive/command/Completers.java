package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.Program;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionState;
import org.kdive.session.Stop;

/** What could stand where the last word is being typed. */
final class Completers {
    private static final int MOST = 200;
    // a chain of names, members, subscripts and calls without blanks, then . or -> and the beginning of a member
    private static final Pattern PATH =
            Pattern.compile("((?:[\\w$]|\\.|->|\\[[^\\[\\]]*\\]|\\([^()]*\\))+?)(\\.|->)(\\w*)$");
    private static final Pattern TAG = Pattern.compile("\\b(struct|union|enum)\\s+(\\w*)$");

    private static final Pattern CONDITION = Pattern.compile("(^|\\s)if\\b");

    private Completers() {}

    /** Symbols, also after a star; behind {@code if} what stands in an expression. */
    static final Command.Completer LOCATIONS = (session, typed) -> {
        if (CONDITION.matcher(typed.tail()).find()) {
            return Completers.EXPRESSIONS.candidates(session, typed);
        }
        String word = typed.lastWord();
        return word.startsWith("*") || word.startsWith("$") ? expression(session, word) : symbols(session, word, "");
    };

    /** Symbols, and registers after a dollar. */
    static final Command.Completer EXPRESSIONS = (session, typed) -> {
        Matcher tag = TAG.matcher(typed.tail());
        return tag.find() ? types(session, tag.group(1) + " ", tag.group(2)) : expression(session, typed.lastWord());
    };

    /** Numbers of breakpoints. */
    static final Command.Completer BREAKPOINTS = (session, typed) -> session.breakpoints().all().stream()
            .map(breakpoint -> String.valueOf(breakpoint.number()))
            .filter(number -> number.startsWith(typed.lastWord()))
            .toList();

    /** Registers by their plain names. */
    static final Command.Completer REGISTERS = (session, typed) -> registers(session, typed.lastWord(), "");

    /** One of a few words. */
    static Command.Completer words(String... words) {
        return (session, typed) -> Stream.of(words)
                .filter(word -> word.startsWith(typed.lastWord()))
                .toList();
    }

    /** Names of types after {@code struct}, {@code union} and {@code enum}; else what stands in an expression. */
    static final Command.Completer TYPES = (session, typed) -> {
        List<String> found = new ArrayList<>(EXPRESSIONS.candidates(session, typed));
        if (!TAG.matcher(typed.tail()).find() && typed.lastWord().matches("\\w+")) {
            found.addAll(types(session, "", typed.lastWord()));
        }
        return found;
    };

    private static List<String> types(Session session, String tag, String beginning) {
        return session.program()
                .flatMap(Program::types)
                .map(types -> types.typeNames(tag + beginning, MOST).stream()
                        .map(name -> name.substring(tag.length()))
                        .toList())
                .orElse(List.of());
    }

    private static List<String> expression(Session session, String word) {
        Matcher path = PATH.matcher(word);
        if (path.find()) {
            return members(session, word.substring(0, path.start(3)), path.group(1), path.group(3));
        }
        int start = word.length();
        while (start > 0
                && (Character.isLetterOrDigit(word.charAt(start - 1)) || "_.$".indexOf(word.charAt(start - 1)) >= 0)) {
            start--;
        }
        String before = word.substring(0, start);
        String name = word.substring(start);
        return name.startsWith("$")
                ? registers(session, name.substring(1), before + "$")
                : names(session, name, before);
    }

    /** Symbols, and constants of enums. */
    private static List<String> names(Session session, String name, String before) {
        List<String> found = new ArrayList<>(symbols(session, name, before));
        if (!name.isEmpty()) {
            session.program()
                    .flatMap(Program::types)
                    .map(types -> types.enumeratorNames(name, MOST))
                    .ifPresent(all -> all.forEach(constant -> found.add(before + constant)));
        }
        return found;
    }

    /** Members of the struct that the base is, or points to. A base that makes no sense has none. */
    private static List<String> members(Session session, String before, String base, String beginning) {
        try {
            Type type = session.typeOf(base).strip();
            Type struct = type instanceof PointerType pointer
                    ? pointer.target().type().strip()
                    : type;
            return struct instanceof StructType known
                    ? known.memberNames().stream()
                            .filter(name -> name.startsWith(beginning))
                            .map(name -> before + name)
                            .toList()
                    : List.of();
        } catch (SessionException | ImageException e) {
            return List.of(); // half an expression often makes no sense yet
        }
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
