package org.kdive.command;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.IntStream;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** The verbs that record a run, and go back into it. */
final class RecordVerbs {
    private static final String RECORD = "record [again] [DIR]";
    private static final String REPLAY = "replay [DIR]";

    private RecordVerbs() {}

    static List<Command> all(StopView stops) {
        return List.of(record(stops), replay(stops));
    }

    private static Command record(StopView stops) {
        return Command.named("record")
                .topic(Topic.RUNNING)
                .usage(RECORD)
                .summary("record the machine's run into a directory, to go backwards in it with replay")
                .help("""
                        From the first instruction on if the machine has not run, else from where it stands: its state goes \
                        to another QEMU, one that records. Breakpoints, displays and convenience variables stay, checkpoints \
                        do not, and the guest waits for continue. record again boots the machine anew and records it from its \
                        first instruction, which a machine with a disk has to be. One CPU, no shares, no disk that is written to. Without a directory it is called \
                        recording-1, or the next that is free.
                        On x86 a recording's TSC counts 1 GHz; a guest that measured another when it started may see its \
                        clock go slower from there on.
                          break panic
                          record /tmp/bug
                          continue
                          replay
                          reverse-continue""")
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    boolean again = !words.isEmpty() && words.get(0).equals("again");
                    List<String> rest = again ? words.subList(1, words.size()) : words;
                    if (!again && rest.equals(List.of("stop"))) {
                        throw new SessionException(
                                "record stop: QEMU records as long as it runs; replay ends it and goes back, kill ends it",
                                new SessionFailure.Unsupported("record stop"));
                    }
                    if (rest.size() > 1) {
                        throw new SessionException(
                                "record: \"%s\" is too much".formatted(rest.get(1)), new SessionFailure.Usage(RECORD));
                    }
                    Path directory = rest.isEmpty() ? unused() : Path.of(rest.get(0));
                    stops.show(session, session.recorder().record(directory, again), output);
                    output.line("Recording into %s from here on; replay goes back", directory);
                });
    }

    private static Path unused() {
        return IntStream.iterate(1, i -> i + 1)
                .mapToObj(i -> Path.of("recording-" + i))
                .filter(Files::notExists)
                .findFirst()
                .orElseThrow();
    }

    private static Command replay(StopView stops) {
        return Command.named("replay")
                .topic(Topic.RUNNING)
                .usage(REPLAY)
                .summary("end the recording and stand at its end, where the guest runs backwards too")
                .help("""
                        The guest is replayed up to the place where it stands; Ctrl-C leaves it on the way. In a replay this starts \
                        QEMU anew and goes there again. With a directory: the recording that is there, from its first \
                        instruction, as kdive boot --replay DIR does.
                          replay
                          replay /tmp/boot""")
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.size() > 1) {
                        throw new SessionException(
                                "replay: \"%s\" is too much".formatted(words.get(1)), new SessionFailure.Usage(REPLAY));
                    }
                    stops.show(session, stop(session, words, output), output);
                });
    }

    private static Stop stop(Session session, List<String> words, Output output) {
        return words.isEmpty()
                ? session.recorder().replay()
                : session.recorder().replay(Path.of(words.get(0)), BootVerbs.telling(output));
    }
}
