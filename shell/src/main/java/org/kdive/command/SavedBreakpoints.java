package org.kdive.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kdive.session.Breakpoint;
import org.kdive.session.BreakpointSpec;
import org.kdive.session.Role;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** {@code save breakpoints}: the commands that set them again, as gdb writes them. */
final class SavedBreakpoints {
    private SavedBreakpoints() {}

    static void write(Session session, String file) {
        List<String> lines = new ArrayList<>();
        session.breakpoints().all().forEach(one -> lines.addAll(lines(one)));
        try {
            Files.write(
                    Path.of(file.startsWith("~/") ? System.getProperty("user.home") + file.substring(1) : file), lines);
        } catch (IOException e) {
            throw new SessionException(
                    "Unable to open file '%s' for saving (%s)".formatted(file, Complaint.reason(e)),
                    new SessionFailure.Io(file),
                    e);
        }
    }

    static List<String> lines(Breakpoint one) {
        List<String> lines = new ArrayList<>();
        BreakpointSpec spec = one.spec();
        String thread = spec.thread() == 0 ? "" : " thread " + spec.thread();
        String format = spec.role() instanceof Role.Prints prints ? "," + prints.text() : "";
        lines.add(verb(one) + " " + spec.words() + thread + format);
        one.findCondition().ifPresent(condition -> lines.add("  condition $bpnum " + condition));
        if (one.ignores() > 0) {
            lines.add("  ignore $bpnum " + one.ignores());
        }
        if (!one.commands().isEmpty()) {
            lines.add("  commands");
            one.commands().forEach(line -> lines.add("    " + line));
            lines.add("  end");
        }
        if (!one.enabled()) {
            lines.add("disable $bpnum");
        }
        for (int i = 0; i < one.sites().size(); i++) {
            if (!one.sites().get(i).enabled()) {
                lines.add("disable $bpnum." + (i + 1));
            }
        }
        return lines;
    }

    private static String verb(Breakpoint one) {
        if (one.spec().role() instanceof Role.Catches) {
            return one.temporary() ? "tcatch" : "catch";
        }
        if (one.spec().role() instanceof Role.Prints) {
            return "dprintf";
        }
        if (one.spec().role() instanceof Role.Counts) {
            return "count";
        }
        boolean once = one.temporary();
        return switch (one.spec().kind()) {
            case SOFTWARE -> once ? "tbreak" : "break";
            case HARDWARE -> once ? "thbreak" : "hbreak";
            case WRITE -> "watch" + length(one);
            case READ -> "rwatch" + length(one);
            case ACCESS -> "awatch" + length(one);
        };
    }

    private static String length(Breakpoint one) {
        return one.spec().role() instanceof Role.Watches watches && watches.sized()
                ? "/" + one.spec().lengthBytes()
                : "";
    }
}
