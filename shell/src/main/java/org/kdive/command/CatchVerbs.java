package org.kdive.command;

import java.util.List;
import org.kdive.session.Breakpoint;
import org.kdive.session.BreakpointSpec;
import org.kdive.session.Catches;
import org.kdive.session.Fate;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** {@code catch} and {@code tcatch}: stops at what the kernel does. */
final class CatchVerbs {
    private static final List<String> SYSCALLS = List.of("__x64_sys_", "__arm64_sys_");
    private static final int MOST_WORDS = 500;

    private CatchVerbs() {}

    static List<Command> all() {
        return List.of(
                catching(
                        "catch",
                        Fate.KEEP,
                        "stop when the kernel does something: panics, loads a module, is called ..."),
                catching("tcatch", Fate.DELETE, "the same, once"));
    }

    private static Command catching(String name, Fate fate, String summary) {
        return Command.named(name)
                .topic(Topic.BREAKPOINTS)
                .usage(name + " panic|oops|warn|bug")
                .usage(name + " module [load|unload] [NAME]")
                .usage(name + " syscall [NAME|NUMBER...]")
                .usage(name + " exec|initcall [NAME]")
                .usage(name + " exception [VECTOR|WORD]")
                .summary(summary)
                .help("""
                        Each is a breakpoint on functions of a stock kernel, x86-64 and arm64; the stop says what was caught.
                          panic       panic, with its message
                          oops        die, __die
                          warn        __warn, with file and line
                          bug         die, where it was a BUG()
                          module      do_init_module, before the module's first instruction runs; free_module
                          syscall     __x64_sys_NAME or __arm64_sys_NAME, by number or all do_syscall_64 or do_el0_svc; the return too
                          exec        finalize_exec: the program is loaded and has not run; NAME with or without its directory
                          initcall    do_one_initcall
                          exception   exc_page_fault and its like, by number or a word of the name; arm64: do_mem_abort ...""")
                .completes(CatchVerbs::words)
                .runs((session, arguments, output) -> set(session, name, fate, arguments, output));
    }

    private static List<String> words(Session session, Arguments typed) {
        if (!typed.shift().verb().equals("syscall") || typed.lastWord().equals(typed.tail())) {
            return Catches.KINDS.stream()
                    .filter(kind -> kind.startsWith(typed.tail()))
                    .toList();
        }
        return session.program().stream()
                .flatMap(program -> SYSCALLS.stream()
                        .flatMap(prefix -> program.symbolNames(prefix + typed.lastWord(), MOST_WORDS).stream()
                                .map(name -> name.substring(prefix.length()))))
                .filter(name -> name.matches("\\w+"))
                .toList();
    }

    private static void set(Session session, String name, Fate fate, Arguments arguments, Output output) {
        if (arguments.isEmpty()) {
            throw new SessionException(
                    "%s what? One of: %s".formatted(name, String.join(", ", Catches.KINDS)),
                    new SessionFailure.Usage(name + " KIND [NAME]"));
        }
        BreakpointVerbs.Wanted wanted =
                BreakpointVerbs.Wanted.parse(session, name, arguments.tail(), name + " KIND [NAME]");
        Breakpoint added = session.place(BreakpointSpec.catching(wanted.place())
                .withThread(wanted.thread())
                .withCondition(wanted.condition())
                .withFate(fate));
        output.line(
                "%s %d (%s)",
                added.temporary() ? "Temporary catchpoint" : "Catchpoint", added.number(), added.location());
    }
}
