package org.kdive.command;

import java.util.List;
import org.kdive.command.Command.Block;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** {@code if} and {@code while}. Session thread. */
final class ControlVerbs {
    private final Interpreter interpreter;
    private int loops; // around the command that runs

    ControlVerbs(Interpreter interpreter) {
        this.interpreter = interpreter;
    }

    List<Command> commands() {
        return List.of(
                branch(),
                loop(),
                leave("loop_break", "leave the innermost while", true),
                leave("loop_continue", "go on with the innermost while's next turn", false));
    }

    private Command branch() {
        return Command.named("if")
                .topic(Topic.SCRIPTS)
                .usage("if EXPRESSION ... [else ...] end")
                .summary("run the commands that follow if an expression is not zero")
                .help("""
                        The lines up to else are run, or those from else to end.
                          if $lx_current()->pid == 1
                            echo init\\n
                          else
                            backtrace
                          end""")
                .completes(Completers.EXPRESSIONS)
                .takes(Block.COMMANDS)
                .runs((session, arguments, output) -> {
                    List<List<String>> branches = branches(arguments.body());
                    int chosen = holds(session, arguments) ? 0 : 1;
                    if (chosen < branches.size()) {
                        interpreter.perform(branches.get(chosen), output);
                    }
                });
    }

    /** The lines before a branch's own {@code else}, and those behind it if there is one. */
    private List<List<String>> branches(List<String> body) {
        BlockReader reader = interpreter.reader();
        for (int i = 0; i < body.size(); i++) {
            if (reader.depth() == 0 && body.get(i).strip().equals("else")) {
                return List.of(body.subList(0, i), body.subList(i + 1, body.size()));
            }
            var unused = reader.add(body.get(i));
        }
        return List.of(body);
    }

    private Command loop() {
        return Command.named("while")
                .topic(Topic.SCRIPTS)
                .usage("while EXPRESSION ... end")
                .summary("run the commands that follow as long as an expression is not zero")
                .help("""
                        Ctrl-C ends it. loop_break leaves it, loop_continue goes on with the next turn.
                          set $i = 0
                          while $i < 4
                            print per_cpu(runqueues, $i).nr_running
                            set $i++
                          end""")
                .completes(Completers.EXPRESSIONS)
                .takes(Block.COMMANDS)
                .runs((session, arguments, output) -> {
                    loops++;
                    try {
                        while (holds(session, arguments) && turn(arguments.body(), output)) {
                            session.checkInterrupt();
                        }
                    } finally {
                        loops--;
                    }
                });
    }

    /** False when the loop is over. */
    private boolean turn(List<String> body, Output output) {
        try {
            interpreter.perform(body, output);
        } catch (LoopExit e) {
            return !e.over;
        }
        return interpreter.quitStatus().isEmpty();
    }

    private static boolean holds(Session session, Arguments arguments) {
        if (arguments.isEmpty()) {
            throw new SessionException(
                    arguments.verb() + ": which condition?",
                    new SessionFailure.Usage(arguments.verb() + " EXPRESSION"));
        }
        return session.evaluate(arguments.tail()).isTrue();
    }

    private Command leave(String name, String summary, boolean over) {
        return Command.named(name)
                .topic(Topic.SCRIPTS)
                .usage(name)
                .summary(summary)
                .runs((session, arguments, output) -> {
                    if (loops == 0) {
                        throw new SessionException(
                                name + ": no while is under way", new SessionFailure.Usage("while EXPRESSION"));
                    }
                    throw new LoopExit(over);
                });
    }

    /** How a command deep inside ends the turn of the loop around it. */
    private static final class LoopExit extends RuntimeException {
        private static final long serialVersionUID = 1;

        private final boolean over;

        LoopExit(boolean over) {
            super("loop", null, false, false);
            this.over = over;
        }
    }
}
