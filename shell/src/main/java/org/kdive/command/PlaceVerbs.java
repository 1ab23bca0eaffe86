package org.kdive.command;

import java.util.List;
import org.kdive.session.Running;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs that let the guest run to a place, or from another. */
final class PlaceVerbs {
    private static final String RETURNS =
            "A return from the selected frame stops too. A breakpoint on the way stops as always.";

    private final Settings settings;
    private final StopView stops;

    private PlaceVerbs(Settings settings, StopView stops) {
        this.settings = settings;
        this.stops = stops;
    }

    static List<Command> all(Settings settings, StopView stops) {
        PlaceVerbs verbs = new PlaceVerbs(settings, stops);
        return List.of(verbs.until(), verbs.advance(), verbs.jump());
    }

    private Command until() {
        return Command.named("until", "u")
                .topic(Topic.RUNNING)
                .usage("until [LOCATION]")
                .summary("run to a place; without one as nexti, but not back in a loop")
                .help("""
                        At a jump that goes back, until alone runs the loop to its end. %s
                          until
                          until *0xffffffff81000120
                          until vfs_read+42""".formatted(RETURNS))
                .completes(Completers.LOCATIONS)
                .repeats()
                .runs((session, arguments, output) -> {
                    Running running = arguments.isEmpty()
                            ? session.stepper().nextForwards()
                            : session.stepper().until("until", arguments.tail());
                    show(session, running, output);
                });
    }

    private Command advance() {
        return Command.named("advance")
                .topic(Topic.RUNNING)
                .usage("advance LOCATION")
                .summary("run to a place")
                .help(RETURNS + "\n  advance do_sys_openat2")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    requirePlace(arguments, "advance LOCATION");
                    show(session, session.stepper().until("advance", arguments.tail()), output);
                });
    }

    private Command jump() {
        return Command.named("jump", "j")
                .topic(Topic.RUNNING)
                .usage("jump LOCATION")
                .summary("run on from another place")
                .help("""
                        Only the program counter changes: stack and registers stay as they are. A breakpoint at the place stops
                        there at once. It is refused where no code is.
                          tbreak *$pc+5
                          jump *$pc+5""")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    requirePlace(arguments, "jump LOCATION");
                    Running running =
                            session.stepper().jump(arguments.tail(), place -> output.line("Continuing at %s.", place));
                    show(session, running, output);
                });
    }

    private static void requirePlace(Arguments arguments, String usage) {
        if (arguments.isEmpty()) {
            throw new SessionException(arguments.verb() + ": to which place?", new SessionFailure.Usage(usage));
        }
    }

    private void show(Session session, Running running, Output output) {
        stops.show(session, RunVerbs.await(session, running, settings), output);
    }
}
