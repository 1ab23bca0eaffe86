package org.kdive.command;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.kdive.session.CallValues;
import org.kdive.session.Cause;
import org.kdive.session.Running;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.SessionState;
import org.kdive.session.Stop;
import org.kdive.session.expression.Value;

/** The verbs that let the guest run, and those that stop it. */
final class RunVerbs {
    private static final Duration FOR_EVER = Duration.ofDays(1000);

    private final Settings settings;
    private final PrintSettings printing;
    private final StopView stops;

    private RunVerbs(Settings settings, PrintSettings printing, StopView stops) {
        this.settings = settings;
        this.printing = printing;
        this.stops = stops;
    }

    static List<Command> all(Settings settings, PrintSettings printing, StopView stops) {
        RunVerbs verbs = new RunVerbs(settings, printing, stops);
        return List.of(
                verbs.resume(),
                verbs.stepi(),
                verbs.nexti(),
                verbs.finish(),
                verbs.interrupt(),
                verbs.waitForStop(),
                reset(),
                kill());
    }

    private Command resume() {
        return Command.named("continue", "c", "cont", "fg")
                .topic(Topic.RUNNING)
                .usage("continue [COUNT]")
                .usage("continue &")
                .summary("let the guest run until something stops it")
                .help("COUNT passes the breakpoint it stands at so many times less one. With & the prompt comes back at"
                        + " once and the guest runs on; interrupt stops it, and a stop is told when it comes.")
                .repeats()
                .runs((session, arguments, output) -> {
                    if (arguments.tail().equals("&")) {
                        session.resume();
                        return;
                    }
                    int count = Words.count(arguments.tail(), "continue [COUNT]");
                    for (int i = 0; i < count; i++) {
                        Stop stop = await(session, session.resume());
                        if (i == count - 1) {
                            stops.show(session, stop, output);
                        }
                    }
                });
    }

    private Command stepi() {
        return Command.named("stepi", "si")
                .topic(Topic.RUNNING)
                .usage("stepi [COUNT]")
                .summary("run one instruction")
                .help(
                        "Timer and device interrupts wait meanwhile, so that a step stays in the code that is looked at, and the other"
                                + " CPUs are held: set step-interrupts and set scheduler-locking choose.")
                .repeats()
                .runs((session, arguments, output) ->
                        steps(session, arguments, output, s -> s.stepper().step()));
    }

    private Command nexti() {
        return Command.named("nexti", "ni", "next", "n")
                .topic(Topic.RUNNING)
                .usage("nexti [COUNT]")
                .summary("run one instruction, and calls to their return")
                .repeats()
                .runs((session, arguments, output) ->
                        steps(session, arguments, output, s -> s.stepper().next()));
    }

    private void steps(Session session, Arguments arguments, Output output, Function<Session, Running> one) {
        int count = Words.count(arguments.tail(), arguments.verb() + " [COUNT]");
        Stop stop = session.requireStop();
        for (int i = 0; i < count; i++) {
            session.checkInterrupt();
            stop = await(session, one.apply(session));
            if (!(stop.cause() instanceof Cause.Arrived)) {
                break; // a breakpoint or a watchpoint on the way ends the count
            }
        }
        stops.show(session, stop, output);
    }

    private Command finish() {
        return Command.named("finish", "fin")
                .topic(Topic.RUNNING)
                .usage("finish")
                .summary("run to the return of this function")
                .runs((session, arguments, output) -> {
                    Stop before = session.requireStop();
                    Optional<String> function = FrameVerbs.function(before, before.frame());
                    Stop stop = await(session, session.stepper().finish());
                    stops.show(session, stop, output);
                    returned(session, stop, function.orElse(""), output);
                });
    }

    private void returned(Session session, Stop stop, String function, Output output) {
        if (!(stop.cause() instanceof Cause.Arrived)) {
            return; // stopped on the way
        }
        Optional<Value> typed = CallValues.result(stop, function);
        if (typed.isPresent()) {
            String text = printing.text(session, typed.get(), ' ');
            output.line("Value returned is $%d = %s", session.remember(typed.get()), text);
        } else if (!CallValues.isVoid(stop, function)) {
            Registers.returned(stop).ifPresent(value -> output.line("Value returned is %s", value));
        }
    }

    private Command interrupt() {
        return Command.named("interrupt", "stop")
                .topic(Topic.RUNNING)
                .usage("interrupt")
                .summary("stop a guest that runs in the background; Ctrl-C does the same while one is waited for")
                .runs((session, arguments, output) -> {
                    Running running = session.requireRunning();
                    running.interrupt();
                    Optional<Stop> stop = running.await(Duration.ofSeconds(10));
                    stops.show(
                            session,
                            stop.orElseThrow(() -> new SessionException(
                                    "interrupt: the guest did not stop within 10 s",
                                    new SessionFailure.TimedOut(Duration.ofSeconds(10)))),
                            output);
                });
    }

    private Command waitForStop() {
        return Command.named("wait")
                .topic(Topic.SCRIPTS)
                .usage("wait [TIME]")
                .summary("wait until a guest that runs in the background stops")
                .help("TIME is 30s, 500ms or 2m; without it the time set with set timeout holds.")
                .runs((session, arguments, output) -> {
                    if (session.state() instanceof Stop stop) {
                        stops.show(session, stop, output);
                        return;
                    }
                    Optional<Duration> limit =
                            arguments.isEmpty() ? settings.timeout() : Optional.of(Words.time(arguments.tail()));
                    stops.show(session, await(session.requireRunning(), limit), output);
                });
    }

    private Stop await(Session session, Running running) {
        return await(session, running, settings);
    }

    /** Waits for the stop, as long as the user said. */
    static Stop await(Session session, Running running, Settings settings) {
        if (session.state() instanceof SessionState.Ended) {
            return session.requireStop();
        }
        return await(running, settings.timeout());
    }

    private static Stop await(Running running, Optional<Duration> limit) {
        return running.await(limit.orElse(FOR_EVER))
                .orElseThrow(() -> new SessionException(
                        "the guest did not stop within %s; it runs on".formatted(Words.time(limit.orElse(FOR_EVER))),
                        new SessionFailure.TimedOut(limit.orElse(FOR_EVER))));
    }

    private static Command reset() {
        return Command.named("reset")
                .topic(Topic.MACHINE)
                .usage("reset")
                .summary("reset the machine, as its button would")
                .help("Breakpoints stay. A stopped machine stays stopped, before its first instruction.")
                .runs((session, arguments, output) -> session.hypervisor().reset());
    }

    private static Command kill() {
        return Command.named("kill", "detach")
                .topic(Topic.RUNNING)
                .usage("kill")
                .summary("end the machine; leave one that kdive did not boot")
                .runs((session, arguments, output) -> session.kill());
    }
}
