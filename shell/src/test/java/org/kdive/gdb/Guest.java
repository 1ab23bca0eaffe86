package org.kdive.gdb;

import java.util.List;
import org.kdive.command.Complaint;
import org.kdive.command.FrontEnd;
import org.kdive.command.Interpreter;
import org.kdive.command.RecordingOutput;
import org.kdive.command.Settings;
import org.kdive.command.Verbs;
import org.kdive.images.fetch.Progress;
import org.kdive.session.BootPlan;
import org.kdive.session.BootRequest;
import org.kdive.session.Session;

/** Debian's kernel under kdive's own commands, where gdb's vmlinux says it is, without KASLR, unless asked for otherwise. */
record Guest(Session session, Interpreter interpreter) implements AutoCloseable {
    static Guest booted(BootPlan plan) {
        Session session = Session.open();
        Guest guest =
                new Guest(session, new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED));
        try {
            session.call(() -> session.boot(plan));
            return guest;
        } catch (RuntimeException e) {
            session.close();
            throw e;
        }
    }

    static BootPlan plan(int cpus) {
        return plan("debian", cpus);
    }

    private static BootPlan plan(String kernel, int cpus) {
        return BootRequest.of(kernel)
                .withAppend(List.of("nokaslr"))
                .withCpus(cpus)
                .plan(Progress.silent());
    }

    static Guest stoppedAt(String location) {
        return stoppedAt("debian", location);
    }

    static Guest stoppedAt(String kernel, String location) {
        Guest guest = booted(plan(kernel, 2));
        guest.answer("tbreak " + location);
        guest.answer("continue");
        return guest;
    }

    /** What is printed, or the complaint, without the last line end. */
    Answer answer(String command) {
        RecordingOutput output = new RecordingOutput();
        try {
            interpreter.execute(command, output);
            return new Answer(output.answer().replaceFirst("\n$", ""), false);
        } catch (RuntimeException e) {
            return new Answer(output.answer() + Complaint.of(e).text(), true);
        }
    }

    @Override
    public void close() {
        session.close();
    }
}
