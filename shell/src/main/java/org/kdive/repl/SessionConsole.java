package org.kdive.repl;

import java.util.Map;
import org.kdive.command.Complaint;
import org.kdive.command.Interpreter;
import org.kdive.session.Session;

/** The console of a session's guest, as its keyboard uses it. What fails is said on the screen and the console goes on. */
final class SessionConsole implements ConsoleLine {
    private final Session session;
    private final Interpreter interpreter;
    private final Screen screen;

    SessionConsole(Session session, Interpreter interpreter, Screen screen) {
        this.session = session;
        this.interpreter = interpreter;
        this.screen = screen;
    }

    /** Nobody else types while it is held. */
    void hold(boolean on) {
        attempt(() -> session.console().hold(on));
    }

    @Override
    public void type(byte[] keys) {
        attempt(() -> session.console().send(keys));
    }

    @Override
    public void sendBreak() {
        attempt(() -> session.hypervisor().sendBreak(session.console().chardev()));
    }

    @Override
    public void toggleTimestamps() {
        attempt(() -> session.console().stamp(!session.console().isStamped()));
    }

    @Override
    public void saveDisks() {
        attempt(() -> {
            String said = session.hypervisor()
                    .monitors()
                    .call("human-monitor-command", Map.of("command-line", "commit all"))
                    .text();
            screen.note(said.isBlank() ? "disks written back" : said.strip());
        });
    }

    @Override
    public void quit() {
        attempt(() -> interpreter.execute("quit", screen));
    }

    private void attempt(Runnable work) {
        try {
            session.call(() -> {
                work.run();
                return true;
            });
        } catch (RuntimeException e) {
            screen.note(Complaint.of(e).text());
        }
    }
}
