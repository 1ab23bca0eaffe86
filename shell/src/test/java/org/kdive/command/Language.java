package org.kdive.command;

import java.util.List;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** A few verbs with gdb's shapes, for the tests of what stands around verbs. */
public final class Language {
    private Language() {}

    public static List<Command> verbs() {
        Command print = Command.named("print", "p")
                .topic(Topic.DATA)
                .usage("print[/FORMAT] EXPRESSION")
                .summary("say it back")
                .completes((session, typed) -> List.of("$rax", "$rbx", "linux_banner").stream()
                        .filter(name -> name.startsWith(typed.lastWord()))
                        .toList())
                .runs((session, arguments, output) ->
                        output.line("%s %s [%s]", arguments.verb(), arguments.format(), arguments.tail()));
        Command step = Command.named("stepi", "si")
                .summary("step")
                .repeats()
                .runs((session, arguments, output) -> output.line("stepped"));
        Command until = Command.named("until").runs((session, arguments, output) -> {});
        Command untrue = Command.named("untrue").runs((session, arguments, output) -> {
            throw new SessionException("untrue: 1 != 2", new SessionFailure.Unexpected("1 != 2"));
        });
        Command broken = Command.named("broken").runs((session, arguments, output) -> {
            throw new IllegalStateException("a bug");
        });
        Command thread = Command.named("where")
                .runs((session, arguments, output) ->
                        output.line(Thread.currentThread().getName()));
        return List.of(print, step, until, untrue, broken, thread, info());
    }

    private static Command info() {
        Command registers = Command.named("registers")
                .usage("info registers [NAME]")
                .summary("show registers")
                .completes((session, typed) -> List.of("rip", typed.lastWord() + "-seen"))
                .runs((session, arguments, output) -> output.line("registers of [" + arguments.tail() + "]"));
        Command breakpoints = Command.named("breakpoints", "b")
                .summary("list breakpoints")
                .runs((session, arguments, output) -> output.line("no breakpoints"));
        Command bases = Command.named("bases").summary("bases").runs((session, arguments, output) -> {});
        Subcommands words = new Subcommands("info", List.of(registers, breakpoints, bases));
        return Command.named("info", "i")
                .topic(Topic.DATA)
                .usage("info WHAT")
                .summary("show what kdive knows")
                .completes(words)
                .runs(words);
    }
}
