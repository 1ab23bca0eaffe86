package org.kdive.command;

import java.util.function.Function;
import org.kdive.images.fetch.Progress;
import org.kdive.session.BootRequest;
import org.kdive.session.Session;

/** A stock kernel on two CPUs and a prompt over it, for tests that only look. */
final class BootedGuest implements AutoCloseable {
    private final Session session = Session.open();
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);

    private BootedGuest() {}

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

    private void boot(String kernel) {
        BootRequest request = BootRequest.of(kernel).withCpus(2);
        session.call(() -> session.boot(request.plan(Progress.silent())));
    }

    /** What a line typed at the prompt answers. */
    String answer(String line) {
        RecordingOutput output = new RecordingOutput();
        interpreter.execute(line, output);
        return output.answer();
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
