package org.kdive.command;

import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** {@code set}: registers, memory, variables and what the language itself remembers. */
final class SetVerbs {
    private static final Pattern MEMORY = Pattern.compile("\\{([^}]+)\\}(.+?)(?<![=!<>])=(?!=)(.+)");
    private static final Pattern POINTED = Pattern.compile("\\*(.+?)(?<![=!<>])=(?!=)(.+)");
    private static final String USAGE = "set $REGISTER = VALUE | set {u32} ADDRESS = VALUE | set timeout TIME";

    private SetVerbs() {}

    static List<Command> all(Settings settings) {
        Subcommands words = new Subcommands("set", List.of(variable(), timeout(settings), memory()))
                .otherwise(SetVerbs::assign, Completers.EXPRESSIONS);
        return List.of(Command.named("set")
                .topic(Topic.DATA)
                .usage("set $NAME = VALUE")
                .usage("set {TYPE} ADDRESS = VALUE")
                .usage("set timeout TIME|off")
                .summary("change a register, memory, a variable or a setting")
                .help(
                        "$NAME is a register if the target has one of that name, else a variable of yours. TYPE is u8 u16 u32 u64.")
                .completes(words)
                .runs(words));
    }

    private static Command variable() {
        return Command.named("variable", "var")
                .usage("set variable EXPRESSION")
                .summary("evaluate an assignment")
                .completes(Completers.EXPRESSIONS)
                .runs(SetVerbs::assign);
    }

    private static Command memory() {
        return Command.named("memory")
                .usage("set memory ADDRESS BYTE...")
                .summary("write bytes")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.size() < 2) {
                        throw new SessionException(
                                "set memory: where, and what?", new SessionFailure.Usage("set memory ADDRESS BYTE..."));
                    }
                    byte[] bytes = new byte[words.size() - 1];
                    for (int i = 0; i < bytes.length; i++) {
                        bytes[i] = (byte) session.evaluate(words.get(i + 1)).bits();
                    }
                    session.requireStop().write(session.evaluate(words.get(0)).bits(), bytes);
                });
    }

    private static Command timeout(Settings settings) {
        return Command.named("timeout")
                .usage("set timeout TIME|off")
                .summary("how long a verb waits for the guest to stop, or to say something")
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "set timeout: how long?", new SessionFailure.Usage("set timeout TIME|off"));
                    }
                    settings.timeout(arguments.tail().equals("off") ? null : Words.time(arguments.tail()));
                });
    }

    private static void assign(Session session, Arguments arguments, Output output) {
        Matcher typed = MEMORY.matcher(arguments.tail());
        Matcher pointed = POINTED.matcher(arguments.tail());
        if (typed.matches()) {
            write(session, typed.group(2), widthBytes(typed.group(1)), typed.group(3));
        } else if (pointed.matches()) {
            write(session, pointed.group(1), 8, pointed.group(2));
        } else if (arguments.tail().startsWith("$") && arguments.tail().contains("=")) {
            session.evaluate(arguments.tail());
        } else {
            throw new SessionException("set %s: what to?".formatted(arguments.tail()), new SessionFailure.Usage(USAGE));
        }
    }

    private static void write(Session session, String address, int widthBytes, String value) {
        long bits = session.evaluate(value).bits();
        boolean little = session.requireStop().architecture().byteOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
        byte[] bytes = new byte[widthBytes];
        for (int i = 0; i < widthBytes; i++) {
            bytes[little ? i : widthBytes - 1 - i] = (byte) (bits >>> 8 * i);
        }
        session.requireStop().write(session.evaluate(address).bits(), bytes);
    }

    private static int widthBytes(String type) {
        return switch (type.strip().toLowerCase(Locale.ROOT)) {
            case "u8", "char", "unsigned char" -> 1;
            case "u16", "short", "unsigned short" -> 2;
            case "u32", "int", "unsigned int", "unsigned" -> 4;
            case "u64", "long", "unsigned long" -> 8;
            default ->
                throw new SessionException("unknown type \"%s\"".formatted(type), new SessionFailure.Usage(USAGE));
        };
    }
}
