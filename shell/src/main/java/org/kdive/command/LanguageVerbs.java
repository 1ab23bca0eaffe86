package org.kdive.command;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.kdive.session.SerialLine;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.SessionState;
import org.kdive.session.printing.Escapes;

/** The verbs about the language and the one who types it. They need no target. */
final class LanguageVerbs {
    private static final int DEEPEST = 20; // a file that sources itself ends here

    private final Interpreter interpreter;
    private final FrontEnd frontEnd;
    private int depth; // of source in source; session thread

    LanguageVerbs(Interpreter interpreter, FrontEnd frontEnd) {
        this.interpreter = interpreter;
        this.frontEnd = frontEnd;
    }

    List<Command> commands() {
        return List.of(quit(), source(), echo(), complete(), history(), console());
    }

    private Command quit() {
        return Command.named("quit", "q", "exit")
                .usage("quit [STATUS]")
                .usage("quit --force")
                .summary("end the machine and leave")
                .help(
                        "STATUS is the exit status, 0 if not given. Ctrl-D leaves too. --force kills QEMU without asking it.")
                .runs((session, arguments, output) -> {
                    boolean force = arguments.tail().equals("--force");
                    if (force && !(session.state() instanceof SessionState.Idle)) {
                        session.hypervisor().killProcess();
                    }
                    interpreter.quit(force ? 0 : status(arguments));
                });
    }

    private static int status(Arguments arguments) {
        if (arguments.isEmpty()) {
            return 0;
        }
        try {
            int status = Integer.parseInt(arguments.tail());
            if (status >= 0 && status <= 255) {
                return status;
            }
        } catch (NumberFormatException e) {
            // said below, as for a number out of range
        }
        throw new SessionException(
                "quit %s: the status is a number from 0 to 255".formatted(arguments.tail()),
                new SessionFailure.Usage("quit [STATUS]"));
    }

    private Command source() {
        return Command.named("source")
                .topic(Topic.SCRIPTS)
                .usage("source [-v] FILE")
                .summary("run the commands in a file; with -v each is shown before it is run")
                .help("The file is the same language, line for line. It ends at the first line that fails.")
                .runs((session, arguments, output) -> source(arguments, output));
    }

    private void source(Arguments arguments, Output output) {
        boolean isVerbose = arguments.tail().startsWith("-v ");
        String name = isVerbose ? arguments.shift().tail() : arguments.tail();
        if (name.isEmpty()) {
            throw new SessionException("source: which file?", new SessionFailure.Usage("source FILE"));
        }
        if (depth >= DEEPEST) {
            throw new SessionException(
                    "source %s: files source each other %d deep".formatted(name, DEEPEST),
                    new SessionFailure.Usage("source FILE"));
        }
        depth++;
        try {
            lines(ScriptFile.read(name), isVerbose, output);
        } finally {
            depth--;
        }
    }

    private void lines(ScriptFile file, boolean isVerbose, Output output) {
        for (ScriptFile.Line line : file.commands(interpreter.reader())) {
            if (isVerbose && !Interpreter.isBlank(line.text())) {
                output.line("+%s", line.text().replace("\n", "\n+"));
            }
            try {
                interpreter.performWhole(line.text(), output);
            } catch (RuntimeException e) {
                Complaint complaint = Complaint.of(e);
                if (complaint.bug()) {
                    throw e;
                }
                throw new SessionException(file.blame(line, complaint), failureOf(e, complaint), e);
            }
            if (interpreter.quitStatus().isPresent()) {
                return;
            }
        }
    }

    private static SessionFailure failureOf(RuntimeException thrown, Complaint complaint) {
        return thrown instanceof SessionException e ? e.failure() : new SessionFailure.Refused(complaint.text());
    }

    private static Command echo() {
        return Command.named("echo")
                .topic(Topic.SCRIPTS)
                .usage("echo TEXT")
                .summary("print text; \\n ends a line")
                .help("Backslash escapes as in C. As in gdb no line end is added: echo done\\n")
                .runs((session, arguments, output) ->
                        output.text(new String(Escapes.decode(withoutMark(arguments.tail())), StandardCharsets.UTF_8)));
    }

    // gdb: a backslash at the end keeps the blanks before it
    private static String withoutMark(String text) {
        int marks = 0;
        while (marks < text.length() && text.charAt(text.length() - 1 - marks) == '\\') {
            marks++;
        }
        return marks % 2 == 1 ? text.substring(0, text.length() - 1) : text;
    }

    private Command complete() {
        return Command.named("complete")
                .topic(Topic.SCRIPTS)
                .usage("complete LINE")
                .summary("list what the last word of a line could become, for editors and other programs")
                .help("One completed line each, as gdb prints them: complete break vfs_")
                .runs((session, arguments, output) -> {
                    String line = arguments.tail();
                    Completion completion = interpreter.complete(line, line.length());
                    completion
                            .candidates()
                            .forEach(word -> output.line("%s", line.substring(0, completion.from()) + word));
                });
    }

    private Command console() {
        Subcommands words = new Subcommands("console", ConsoleVerbs.words())
                .otherwise(this::attach, (session, typed) -> ConsoleVerbs.names(session, typed.lastWord()));
        return Command.named("console")
                .topic(Topic.MACHINE)
                .usage("console [NAME|NUMBER]")
                .usage("console search REGEX")
                .usage("console tail [LINES]")
                .usage("console list")
                .usage("console add NAME")
                .summary("type into the guest's console, or look at what it said; C-a c comes back")
                .help("""
                        Every key goes to the guest, Ctrl-C too, until C-a c. The guest must run: continue & first.
                        It runs on when the prompt is back; a stop brings the prompt back by itself.
                        C-a t shows the time before each line, C-a b sends a BREAK, C-a s writes disks back, C-a x ends the machine
                        and kdive, C-a C-a is C-a, C-a h lists them: QEMU's keys.
                        set console-timestamps on, set console-log FILE and set console-ansi off hold at the prompt, too.
                        With several lines (boot --serial NAME, console add NAME) a name or a number chooses the one that is
                        shown, and that send, expect console, search and tail mean; all are logged. 0 is the console.
                        In a script: send and expect console.""")
                .completes(words)
                .runs(words);
    }

    private void attach(Session session, Arguments arguments, Output output) {
        if (!arguments.isEmpty()) {
            SerialLine line = session.console().use(arguments.tail().strip());
            if (!session.isRunning() || !frontEnd.hasConsole()) {
                output.line("Serial line %d: %s", line.number(), line.name());
                return;
            }
        }
        session.requireRunning();
        frontEnd.attachConsole();
    }

    private Command history() {
        return Command.named("history")
                .usage("history [COUNT]")
                .summary("show the lines typed last, 20 if no count is given")
                .runs((session, arguments, output) -> {
                    List<String> lines = frontEnd.history();
                    int count = arguments.isEmpty() ? 20 : count(arguments.tail());
                    for (int i = Math.max(0, lines.size() - count); i < lines.size(); i++) {
                        output.line("%5d  %s", i + 1, lines.get(i));
                    }
                });
    }

    private static int count(String digits) {
        try {
            return Integer.parseUnsignedInt(digits);
        } catch (NumberFormatException e) {
            throw new SessionException(
                    "history %s: not a count".formatted(digits), new SessionFailure.Usage("history [COUNT]"), e);
        }
    }
}
