package org.kdive.cli;

import org.kdive.command.Complaint;
import org.kdive.command.ExitStatus;
import org.kdive.command.Traces;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What went wrong, as one line on standard error and an exit status. */
final class Complaints {
    private Complaints() {}

    static int ofUsage(ParameterException e, String[] words) {
        CommandLine line = e.getCommandLine();
        String verb = line.getCommandSpec().qualifiedName(" ");
        line.getErr()
                .println("%s: %s (see %s --help)"
                        .formatted(verb, Complaint.oneLine(String.valueOf(e.getMessage())), verb));
        return ExitStatus.UNUSABLE;
    }

    static int ofExecution(Exception e, CommandLine line, ParseResult parsed) {
        CommandLine root = line;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        Complaint complaint = Complaint.of(e);
        line.getErr().println("kdive: " + complaint.text());
        if (root.getCommandSpec().userObject() instanceof KdiveVerb kdive && kdive.trace()) {
            line.getErr().println(Traces.of(e));
        }
        return complaint.exitStatus();
    }
}
