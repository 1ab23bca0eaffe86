package org.kdive.command;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.session.Breakpoint;
import org.kdive.session.BreakpointSpec;
import org.kdive.session.Checkpoint;
import org.kdive.session.Fate;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.SessionState;
import org.kdive.session.Stop;

/** The verbs that keep a moment and come back to it. */
final class CheckpointVerbs {
    private static final String USAGE = "checkpoint [NAME] [-m \"WHY\"]";

    private final Displays displays;
    private final StopView stops;

    CheckpointVerbs(Displays displays, StopView stops) {
        this.displays = displays;
        this.stops = stops;
    }

    List<Command> commands() {
        return List.of(checkpoint(), rewind(), DifferenceView.diff(CheckpointVerbs::names));
    }

    /** What the user called it and why. */
    private record Wanted(@Nullable String name, String message) {
        static Wanted of(List<String> words) {
            String name = null;
            int at = 0;
            if (!words.isEmpty() && !words.get(0).equals("-m")) {
                name = words.get(at++);
            }
            List<String> rest = words.subList(at, words.size());
            if (rest.isEmpty()) {
                return new Wanted(name, "");
            }
            if (rest.size() < 2 || !rest.get(0).equals("-m")) {
                throw new SessionException(
                        "checkpoint: \"%s\" is too much".formatted(rest.get(0)), new SessionFailure.Usage(USAGE));
            }
            return new Wanted(name, String.join(" ", rest.subList(1, rest.size())));
        }
    }

    private Command checkpoint() {
        Subcommands words = new Subcommands("checkpoint", List.of(delete(), auto(), export()));
        return Command.named("checkpoint")
                .topic(Topic.MACHINE)
                .usage(USAGE)
                .usage("checkpoint auto LOCATION")
                .usage("checkpoint delete NAME")
                .usage("checkpoint export FILE [NAME]")
                .summary("keep this moment, machine and debugger, to come back to with rewind")
                .help("""
                        The guest's memory, CPUs, devices and disks are kept, and of the debugger the breakpoints with their \
                        counts, displays, convenience variables, value history and where the kernel lies. A guest that runs \
                        is held meanwhile. A share must be unmounted in the guest first, and disks must be such as can go \
                        back: all are but those given with ,rw that are not qcow2. info checkpoints lists them.
                          checkpoint before-init -m "nothing of user space yet"
                          checkpoint auto do_sys_openat2
                          checkpoint export bug.kdive before-init""")
                .completes(words)
                .runs((session, arguments, output) -> {
                    // whole words alone: a name may begin as they do
                    String first = arguments.shift().verb();
                    if (List.of("delete", "auto", "export").contains(first)) {
                        words.run(session, arguments, output);
                    } else {
                        take(session, Wanted.of(arguments.words()), output);
                    }
                });
    }

    private void take(Session session, Wanted wanted, Output output) {
        Checkpoint made = session.checkpoints().take(wanted.name(), wanted.message(), displays.save());
        output.line("Checkpoint %d %s at %s", made.number(), made.name(), made.where());
    }

    private static Command delete() {
        return Command.named("delete")
                .usage("checkpoint delete NAME")
                .summary("forget a checkpoint")
                .completes(CheckpointVerbs::names)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "checkpoint delete: which one?", new SessionFailure.Usage("checkpoint delete NAME"));
                    }
                    for (String name : arguments.words()) {
                        Checkpoint gone = session.checkpoints().require(name);
                        session.checkpoints().delete(gone);
                        output.line("Checkpoint %d %s deleted", gone.number(), gone.name());
                    }
                });
    }

    private static Command export() {
        return Command.named("export")
                .usage("checkpoint export FILE [NAME]")
                .summary(
                        "a checkpoint, the last without a name, as a file that kdive boot --checkpoint FILE opens elsewhere")
                .help("""
                        In it are the machine with its memory, the kernel, the initial root, and of the debugger all that a \
                        checkpoint keeps. Disks are not: they are given again with --disk. Another QEMU may not take it and \
                        then says so.
                          checkpoint export bug.kdive""")
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.isEmpty() || words.size() > 2) {
                        throw new SessionException(
                                "checkpoint export: to which file?",
                                new SessionFailure.Usage("checkpoint export FILE [NAME]"));
                    }
                    Checkpoint one = session.checkpoints().require(words.size() > 1 ? words.get(1) : "");
                    Path file = Path.of(words.get(0));
                    session.checkpoints().export(one, file, Map.of());
                    output.line(
                            "Checkpoint %d %s is in %s, %.1f MiB; kdive boot --checkpoint %s opens it",
                            one.number(), one.name(), file, file.toFile().length() / 1048576.0, file);
                });
    }

    private static Command auto() {
        return Command.named("auto")
                .usage("checkpoint auto LOCATION")
                .summary("keep the moment in which the guest comes to a place first, and let it go on")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    String location = arguments.tail();
                    if (location.isEmpty()) {
                        throw new SessionException(
                                "checkpoint auto: which place?", new SessionFailure.Usage("checkpoint auto LOCATION"));
                    }
                    Breakpoint there = session.place(
                            BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, location).withFate(Fate.DELETE));
                    String why = location.replace('"', '\'');
                    session.breakpoints()
                            .commands(
                                    there.number(),
                                    List.of("silent", "checkpoint -m \"auto %s\"".formatted(why), "continue"));
                    output.line("Breakpoint %d will take a checkpoint at %s, once", there.number(), location);
                });
    }

    private Command rewind() {
        return Command.named("rewind", "restart")
                .topic(Topic.MACHINE)
                .usage("rewind [-k] [NAME]")
                .summary("go back to a checkpoint; to the last, without a name")
                .help("""
                        Machine and debugger are as they were: breakpoints that were set since are gone, and what is shown is \
                        read anew. The guest is stopped there, also one that ran when the checkpoint was taken. All checkpoints \
                        stay, and the next one is kept as one that came from this. So are the convenience variables as they were, \
                        unless -k keeps them: a loop over many runs from one moment counts in one.
                          set $i = 0
                          while $i < 100
                            rewind -k before-init
                            set var panic_timeout = $i
                            advance do_exit
                            set $i = $i + 1
                          end""")
                .completes(CheckpointVerbs::names)
                .runs((session, arguments, output) -> {
                    boolean keep = arguments.tail().matches("-k(\\s.*)?");
                    String name = keep ? arguments.tail().substring(2).strip() : arguments.tail();
                    Checkpoint to = session.checkpoints().require(name);
                    Stop stop = keep
                            ? session.checkpoints().rewindKeepingValues(to)
                            : session.checkpoints().rewind(to);
                    stops.show(session, stop, output);
                });
    }

    private static List<String> names(Session session, Arguments typed) {
        return session.state() instanceof SessionState.Idle
                ? List.of()
                : session.checkpoints().all().stream()
                        .map(Checkpoint::name)
                        .filter(name -> name.startsWith(typed.lastWord()))
                        .toList();
    }
}
