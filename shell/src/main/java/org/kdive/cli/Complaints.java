package org.kdive.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import org.kdive.command.ExitStatus;
import org.kdive.command.FailureStatus;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ParseResult;

/** What went wrong, as one line on standard error and an exit status. The one place where exceptions become text. */
final class Complaints {
    private Complaints() {}

    static int ofUsage(ParameterException e, String[] words) {
        CommandLine line = e.getCommandLine();
        String verb = line.getCommandSpec().qualifiedName(" ");
        line.getErr().println("%s: %s (see %s --help)".formatted(verb, oneLine(String.valueOf(e.getMessage())), verb));
        return ExitStatus.UNUSABLE;
    }

    static int ofExecution(Exception e, CommandLine line, ParseResult parsed) {
        CommandLine root = line;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        line.getErr().println("kdive: " + sentence(e));
        if (root.getCommandSpec().userObject() instanceof KdiveVerb kdive && kdive.trace()) {
            e.printStackTrace(line.getErr());
        }
        return FailureStatus.of(e);
    }

    static String sentence(Throwable e) {
        if (e instanceof UncheckedIOException && e.getCause() instanceof IOException io) {
            return sentence(io);
        }
        if (e instanceof FileSystemException file) {
            return file.getFile() + ": " + reason(file);
        }
        if (e instanceof IOException || ours(e)) {
            return oneLine(String.valueOf(e.getMessage()));
        }
        return "internal error, please report it with --trace: " + oneLine(e.toString());
    }

    /** Our exceptions' messages are written for the user; any other exception that comes this far is a bug. */
    private static boolean ours(Throwable e) {
        return e.getClass().getName().startsWith("org.kdive.");
    }

    private static String reason(FileSystemException e) {
        if (e instanceof NoSuchFileException) {
            return "no such file or directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        if (e instanceof FileAlreadyExistsException) {
            return "exists already";
        }
        return String.valueOf(e.getReason());
    }

    private static String oneLine(String text) {
        return text.strip().replaceAll("\\s*\\R\\s*", "; ");
    }
}
