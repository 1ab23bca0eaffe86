package org.kdive.session;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What follows from an accident of the guest's kernel: one that it tells of on its console stops it, and each is kept as a
 * checkpoint once it has been told. Session thread, but for {@link #heard}.
 */
final class AccidentDesk {
    /** How long a kernel has for what it says behind the first line: the call chain. */
    private static final Duration SAID = Duration.ofMillis(300);

    private static final Pattern CPU = Pattern.compile("(?:CPU#|LOCKUP on cpu )(\\d{1,4})\\b");

    private final Target target;
    private final RunControl control;
    private final Checkpoints checkpoints;
    private final Workbench bench;

    AccidentDesk(Target target, RunControl control, Checkpoints checkpoints, Workbench bench) {
        this.target = target;
        this.control = control;
        this.checkpoints = checkpoints;
        this.bench = bench;
    }

    /** The kernel says that something hangs. The console's thread. */
    void heard(String words) {
        if (bench.vigil().hangs()) {
            // not by the session's thread, which may be the one that waits
            CompletableFuture.delayedExecutor(SAID.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> control.post(new Happening.Errand(() -> control.hung(hung(words)))));
        }
    }

    private Cause.Hung hung(String words) {
        Matcher cpu = CPU.matcher(words);
        int number = cpu.find() ? Integer.parseInt(cpu.group(1)) : Integer.MAX_VALUE;
        return new Cause.Hung(
                words,
                number < target.threads().size() ? Optional.of(target.threads().get(number)) : Optional.empty());
    }

    /** Behind the work in hand, which tells of the stop: nobody waits for the checkpoint. */
    void stopped(Stop stop) {
        if (bench.vigil().keeps()
                && target.machine().isPresent()
                && !target.recorded().isEither()) {
            bench.thread().execute(() -> keep(stop));
        }
    }

    private void keep(Stop stop) {
        if (!(control.state() instanceof Stop now) || now.number() != stop.number()) {
            return; // the guest was sent on
        }
        try {
            Checkpoint made = checkpoints.take(
                    name(stop.cause()), message(stop.cause()), bench.vigil().frontEnd());
            bench.notices().notice("checkpoint %s keeps this moment; bundle FILE puts it in a report", made.name());
        } catch (RuntimeException e) { // nobody waits for it, and whoever does the next thing hears what is wrong
            bench.notices().notice("no checkpoint of this: %s", String.valueOf(e.getMessage()));
        }
    }

    private static String kind(Cause cause) {
        if (cause instanceof Cause.TripleFaulted) {
            return "triple-fault";
        }
        return cause instanceof Cause.Panicked ? "panic" : cause instanceof Cause.Oopsed ? "oops" : "hang";
    }

    private String name(Cause cause) {
        String kind = kind(cause);
        List<String> taken = checkpoints.all().stream().map(Checkpoint::name).toList();
        String name = kind;
        for (int i = 2; taken.contains(name); i++) {
            name = kind + "-" + i;
        }
        return name;
    }

    private static String message(Cause cause) {
        return cause.describe().replace('"', '\'');
    }
}
