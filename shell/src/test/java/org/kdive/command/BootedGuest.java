package org.kdive.command;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.kdive.images.fetch.Progress;
import org.kdive.session.BootRequest;
import org.kdive.session.Session;
import org.kdive.session.SessionListener;

/** A stock kernel on two CPUs and a prompt over it, for tests that only look. */
final class BootedGuest implements AutoCloseable {
    private final Session session = Session.open();
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);

    private final List<String> notices = new CopyOnWriteArrayList<>();

    private BootedGuest() {
        session.listen(new SessionListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
            }

            @Override
            public void printed(String text) {
                notices.addAll(text.lines().toList());
            }
        });
        answer("set timeout 60s");
    }

    /** Stopped before its first instruction. */
    static BootedGuest before(String kernel, String... options) {
        BootedGuest guest = new BootedGuest();
        try {
            guest.answer("boot %s cpus=2 %s".formatted(kernel, String.join(" ", options)));
            return guest;
        } catch (RuntimeException e) {
            guest.close();
            throw e;
        }
    }

    static BootedGuest stoppedAt(String kernel, String location) {
        BootedGuest guest = new BootedGuest();
        try {
            guest.boot(kernel);
            guest.answer("tbreak " + location);
            guest.answer("continue");
            return guest;
        } catch (RuntimeException e) {
            guest.close();
            throw e;
        }
    }

    /** Nothing is booted yet. */
    static BootedGuest none() {
        return new BootedGuest();
    }

    private void boot(String kernel) {
        boot(BootRequest.of(kernel).withCpus(2));
    }

    /** Ends the machine that there is. */
    void boot(BootRequest request) {
        session.call(() -> session.boot(request.plan(Progress.silent())));
    }

    /** What a line typed at the prompt answers. */
    String answer(String line) {
        RecordingOutput output = new RecordingOutput();
        interpreter.execute(line, output);
        return output.answer();
    }

    /** What could stand at the cursor. */
    Completion complete(String line, int cursor) {
        return interpreter.complete(line, cursor);
    }

    boolean isRunning() {
        return session.isRunning();
    }

    /** What was told without being asked for, and what dprintf printed. */
    List<String> notices() {
        return notices;
    }

    long number(String expression) {
        return session.call(() -> session.evaluate(expression).bits());
    }

    /** The number of the breakpoint set last. */
    int breakpoint() {
        return (int) number("$bpnum");
    }

    /** Work on the session's own thread. */
    <T> T on(Function<Session, T> work) {
        return session.call(() -> work.apply(session));
    }

    @Override
    public void close() {
        session.close();
    }
}
