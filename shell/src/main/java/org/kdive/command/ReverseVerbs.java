package org.kdive.command;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.kdive.session.History;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;
import org.kdive.session.expression.Value;

/** The verbs that go back, in a replay. */
final class ReverseVerbs {
    private static final int CALLS = 12;

    private final PrintSettings printing;
    private final StopView stops;

    ReverseVerbs(PrintSettings printing, StopView stops) {
        this.printing = printing;
        this.stops = stops;
    }

    List<Command> all() {
        return List.of(stepi(), resume(), nexti(), finish(), goTo(), when(), whoWrote());
    }

    private Command stepi() {
        return Command.named("reverse-stepi", "rsi", "reverse-step", "rs")
                .topic(Topic.RUNNING)
                .usage("reverse-stepi [COUNT]")
                .summary("undo one instruction, in a replay")
                .help("""
                        A breakpoint on the way back ends the count. For a replay the run has to have been recorded, by kdive boot \
                        KERNEL --record DIR or at the prompt:
                          record
                          continue
                          replay
                          reverse-stepi""")
                .repeats()
                .runs((session, arguments, output) -> {
                    int count = Words.count(arguments.tail(), "reverse-stepi [COUNT]");
                    stops.show(session, session.history().stepBack(count), output);
                });
    }

    private Command resume() {
        return Command.named("reverse-continue", "rc")
                .topic(Topic.RUNNING)
                .usage("reverse-continue [COUNT]")
                .summary("run backwards until something stops the guest, in a replay")
                .help("""
                        Breakpoints, conditions, ignore counts and catchpoints hold as they do forwards. A watchpoint stops \
                        before the instruction that wrote: its old value is what was there after it. With none of them the \
                        guest is back before its first instruction.
                          watch jiffies_64
                          reverse-continue""")
                .repeats()
                .runs((session, arguments, output) -> {
                    int count = Words.count(arguments.tail(), "reverse-continue [COUNT]");
                    for (int i = 0; i < count; i++) {
                        Stop stop = session.history().continueBack();
                        if (i == count - 1) {
                            stops.show(session, stop, output);
                        }
                    }
                });
    }

    private Command nexti() {
        return Command.named("reverse-nexti", "rni", "reverse-next", "rn")
                .topic(Topic.RUNNING)
                .usage("reverse-nexti [COUNT]")
                .summary("undo one instruction, or a call as a whole, in a replay")
                .repeats()
                .runs((session, arguments, output) -> {
                    int count = Words.count(arguments.tail(), "reverse-nexti [COUNT]");
                    Stop stop = session.requireStop();
                    for (int i = 0; i < count; i++) {
                        session.checkInterrupt();
                        stop = session.history().nextBack();
                    }
                    stops.show(session, stop, output);
                });
    }

    private Command finish() {
        return Command.named("reverse-finish")
                .topic(Topic.RUNNING)
                .usage("reverse-finish")
                .summary("go back to the call of this function, in a replay")
                .runs((session, arguments, output) ->
                        stops.show(session, session.history().finishBack(), output));
    }

    private Command goTo() {
        return Command.named("goto")
                .topic(Topic.RUNNING)
                .usage("goto INSTRUCTION")
                .summary("go to a moment of a replay, as when tells it")
                .help("""
                        Nothing on the way stops the guest. Moments are counted in instructions since the recording's beginning: 0 is \
                        before the first, and an expression will do.
                          when
                          goto 112000000
                          goto $moment - 1000""")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "goto: to which instruction?", new SessionFailure.Usage("goto INSTRUCTION"));
                    }
                    long there = session.evaluate(arguments.tail()).bits();
                    stops.show(session, session.history().goTo(there), output);
                });
    }

    private static Command when() {
        return Command.named("when")
                .topic(Topic.RUNNING)
                .usage("when")
                .summary("at which instruction of a recording or replay the guest stands")
                .help("$moment has the number from then on.")
                .runs((session, arguments, output) -> {
                    Stop here = session.requireStop();
                    long now = session.history().now("when");
                    session.define("moment", now);
                    OptionalLong total = session.history().total();
                    String of = total.isPresent()
                            ? " of %d (%.1f%%)".formatted(total.getAsLong(), 100.0 * now / total.getAsLong())
                            : ", recording";
                    output.line("instruction %d%s, at %s", now, of, here.describe(here.pc()));
                });
    }

    private Command whoWrote() {
        return Command.named("who-wrote")
                .topic(Topic.RUNNING)
                .usage("who-wrote ADDRESS|EXPRESSION")
                .summary("go back to the instruction that wrote to a place last, in a replay")
                .help("""
                        Tells what was there and what it wrote, and the calls that led to it; the guest stands before that \
                        instruction then. Breakpoints do not stop the way. A number is taken for the address of 8 bytes; what a \
                        device or other virtual addresses write there is not seen.
                          who-wrote jiffies_64
                          who-wrote *(int *)0xffffffff83208a90
                          who-wrote init_task.comm""")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "who-wrote: what?", new SessionFailure.Usage("who-wrote ADDRESS|EXPRESSION"));
                    }
                    tell(session, arguments.tail(), output);
                });
    }

    private void tell(Session session, String expression, Output output) {
        Optional<History.Writer> found = session.history().whoWrote(expression);
        if (found.isEmpty()) {
            output.line(
                    "Nothing has written to %s since the recording began%s.",
                    expression, isMapped(session, expression) ? "" : "; nothing is mapped there now");
            return;
        }
        History.Writer writer = found.get();
        Function<Optional<Value>, String> text =
                value -> value.map(known -> printing.text(session, known, ' ')).orElse("<unreadable>");
        output.line(
                "%s was written at instruction %d, %d before; goto %d goes back there",
                expression, writer.instruction(), writer.from() - writer.instruction(), writer.from());
        output.line("Old value = %s", text.apply(writer.before()));
        output.line("New value = %s", text.apply(writer.after()));
        StackVerbs.show(writer.stop(), writer.stop().calls(CALLS), output);
        ContextView.code(writer.stop(), 1, output);
    }

    // as who-wrote takes it: the place that it names, or that it is the address of
    private static boolean isMapped(Session session, String expression) {
        for (String place : List.of("*(char *)&(%s)", "*(char *)(%s)")) {
            try {
                var unused = session.evaluate(place.formatted(expression)).bits();
                return true;
            } catch (SessionException e) {
                if (e.failure() instanceof SessionFailure.Unreadable) {
                    return false;
                }
            }
        }
        return true; // not known
    }
}
