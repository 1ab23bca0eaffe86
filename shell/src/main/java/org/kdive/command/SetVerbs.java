package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Expression;

/** {@code set}: registers, memory, variables and what the language itself remembers. */
final class SetVerbs {
    private static final String USAGE = "set $REGISTER = VALUE | set {u32} ADDRESS = VALUE | set timeout TIME";

    private SetVerbs() {}

    static List<Command> all(Options options) {
        List<Command> named = new ArrayList<>(options.settings());
        named.add(variable());
        named.add(memory());
        Subcommands words = new Subcommands("set", named).otherwise(SetVerbs::assign, Completers.EXPRESSIONS);
        return List.of(Command.named("set")
                .topic(Topic.DATA)
                .usage("set $NAME = VALUE")
                .usage("set EXPRESSION = VALUE")
                .usage("set {TYPE} ADDRESS = VALUE")
                .usage("set print pretty|symbol on|off")
                .usage("set print elements|repeats|max-depth N|unlimited")
                .usage(ContextView.USAGE)
                .usage("set scheduler-locking off|on|step|replay")
                .usage("set step-interrupts on|off")
                .usage("set timeout TIME|off")
                .summary("change a register, memory, a variable or a setting")
                .help(
                        "$NAME is a register if the target has one of that name, else a variable of yours. What else C can assign to is written"
                                + " to the guest: set init_task.flags |= 2. \"set var\" is for names that are words of set too.\n\n"
                                + "scheduler-locking says which CPUs are held while the current one runs: the others always (on), none ever (off), or"
                                + " the others while one instruction is stepped (step, as it is at first; a call that nexti runs over lets all run,"
                                + " since it may wait for another CPU). replay is on in a machine that replays a recording, else off. step-interrupts"
                                + " says whether stepi may end in an interrupt handler; at first it does not.")
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

    private static void assign(Session session, Arguments arguments, Output output) {
        if (arguments.isEmpty()) {
            throw new SessionException("set: what, to what?", new SessionFailure.Usage(USAGE));
        }
        Expression expression = session.parse(arguments.tail());
        if (!expression.assigns()) {
            throw new SessionException("set %s: what to?".formatted(arguments.tail()), new SessionFailure.Usage(USAGE));
        }
        session.evaluate(arguments.tail());
    }
}
