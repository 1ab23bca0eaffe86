package org.kdive.script;

import org.kdive.command.GuestText;
import org.kdive.command.Output;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.SessionListener;

/** Talks of what happens beside the script: the guest's console, line by line, and what the session says by itself. */
final class Listening implements SessionListener, AutoCloseable {
    private static final int LONGEST_LINE = 4096; // then it is shown in pieces

    private final Output output;
    private final AutoCloseable handle;
    private final GuestText guestText = new GuestText(); // this and the line: the console's thread, then close
    private volatile String end = ""; // how the target ended, until it is told
    private final StringBuilder line = new StringBuilder();

    Listening(Session session, Output output) {
        this.output = output;
        this.handle = session.listen(this);
    }

    @Override
    public void notice(String text) {
        output.note(text);
    }

    @Override
    public void printed(String text) {
        output.text(text);
    }

    @Override
    public void ended(String how) {
        end = how;
    }

    /** Says how the target ended, if it did, unless what the user was told says so already. */
    void tellEnd(String told) {
        String how = end;
        end = "";
        if (!how.isEmpty() && !told.contains(how)) {
            output.note(how);
        }
    }

    @Override
    public void console(byte[] bytes) {
        line.append(guestText.accept(bytes));
        int end;
        while ((end = line.indexOf("\n")) >= 0 || line.length() > LONGEST_LINE) {
            int length = end >= 0 ? end : LONGEST_LINE;
            output.note(line.substring(0, length));
            line.delete(0, end >= 0 ? end + 1 : LONGEST_LINE);
        }
    }

    @Override
    public void consoleGap(long bytes, String whoHasThem) {
        if (line.length() > 0) {
            output.note(line.toString());
            line.setLength(0);
        }
        output.note(SessionListener.gap(bytes, whoHasThem));
    }

    @Override
    public void close() {
        try {
            handle.close();
            tellEnd("");
            if (line.length() > 0) {
                output.note(line.toString());
            }
        } catch (Exception e) {
            throw new SessionException("stop listening", new SessionFailure.TargetGone(e.toString()), e);
        }
    }
}
