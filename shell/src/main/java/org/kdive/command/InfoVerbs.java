package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;
import org.kdive.session.Breakpoint;
import org.kdive.session.CallValues;
import org.kdive.session.RegisterFile;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** {@code info} and its second words. */
final class InfoVerbs {
    private InfoVerbs() {}

    static Command info(Displays displays, PrintSettings printing) {
        List<Command> all = new ArrayList<>(List.of(
                breakpoints(), watchpoints(), registers(), symbol(), address(), line(), threads(), machine(), kaslr()));
        all.addAll(KernelVerbs.words());
        all.addAll(NameVerbs.all());
        all.addAll(HardwareWords.all());
        all.add(displays.info());
        all.add(CheckpointView.info());
        all.add(FrameVerbs.info());
        all.add(arguments(printing));
        all.add(absent("locals", "where a function keeps its variables"));
        all.add(absent("source", "the lines that code was made of"));
        Subcommands words = new Subcommands("info", all);
        return Command.named("info", "i", "inf")
                .topic(Topic.DATA)
                .usage("info WORD")
                .summary("show the state of things: breakpoints, registers, threads ...")
                .completes(words)
                .runs(words);
    }

    private static Command arguments(PrintSettings printing) {
        return Command.named("args")
                .usage("info args")
                .summary("the arguments of the function that is about to run, by its prototype in BTF")
                .runs((session, words, output) -> {
                    Stop stop = session.requireStop();
                    if (stop.frame().level() > 0) {
                        throw new SessionException(
                                "info args: the registers that brought a caller's arguments hold other things by now",
                                new SessionFailure.Unsupported("info args"));
                    }
                    List<String> all = new ArrayList<>();
                    CallValues.arguments(stop)
                            .orElseThrow(() -> new SessionException(
                                    CallValues.entered(stop).isPresent()
                                            ? "info args: no prototype is known of this function"
                                            : "info args: arguments are known at the first instruction of a function",
                                    new SessionFailure.Unsupported("info args")))
                            .forEach(one ->
                                    all.add("%s = %s".formatted(one.name(), printing.text(session, one.value(), ' '))));
                    (all.isEmpty() ? List.of("No arguments.") : all).forEach(line -> output.line("%s", line));
                });
    }

    /** What gdb takes from DWARF. */
    private static Command absent(String word, String what) {
        String[] others = word.equals("source") ? new String[] {"sources", "macro"} : new String[0];
        return Command.named(word, others)
                .usage("info " + word)
                .summary("not known: a stock kernel carries no DWARF")
                .runs((session, arguments, output) -> {
                    throw new SessionException(
                            "info %s: a stock kernel carries no DWARF, which tells %s"
                                    .formatted(arguments.verb(), what),
                            new SessionFailure.Unsupported("DWARF"));
                });
    }

    private static Command breakpoints() {
        return Command.named("breakpoints", "b", "br", "break")
                .usage("info breakpoints [NUMBER...]")
                .summary("breakpoints, watchpoints and catchpoints, with their hits")
                .runs((session, arguments, output) -> {
                    if (session.breakpoints().all().isEmpty()) {
                        output.line("No breakpoints or watchpoints.");
                        return;
                    }
                    List<Integer> numbers = BreakpointNumbers.whole(session, arguments.words());
                    BreakpointTable.show(session, BreakpointTable.chosen(session, numbers), output);
                });
    }

    private static Command watchpoints() {
        return Command.named("watchpoints")
                .usage("info watchpoints")
                .summary("the watchpoints among the breakpoints")
                .runs((session, arguments, output) -> {
                    List<Breakpoint> all = session.breakpoints().all().stream()
                            .filter(Breakpoint::isWatchpoint)
                            .toList();
                    if (all.isEmpty()) {
                        output.line("No watchpoints.");
                    } else {
                        BreakpointTable.show(session, all, output);
                    }
                });
    }

    private static Command registers() {
        return Command.named("registers", "r", "all-registers")
                .usage("info registers [NAME|GROUP...]")
                .summary("registers of the current CPU; flags and control registers bit by bit")
                .help("""
                        Groups are general segment control system vector float all. Bits have the names of the architecture's
                        manual; those that are 0 are left out. What x86 holds beside a selector, its tables and its debug
                        registers are QEMU's monitor's words, where there is one.
                          info registers rip cr0
                          info registers control
                          info registers ESR_EL1
                          info registers system""")
                .completes(Completers.REGISTERS)
                .runs((session, arguments, output) -> {
                    boolean isAll = arguments.verb().startsWith("all") && arguments.isEmpty();
                    List<String> words = isAll ? List.of("all") : arguments.words();
                    Registers.show(session.requireStop(), words, output);
                });
    }

    private static Command symbol() {
        return Command.named("symbol")
                .usage("info symbol ADDRESS")
                .summary("the symbol at an address")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    long address = session.evaluate(arguments.tail()).bits();
                    Optional<Symbol> symbol = session.program().flatMap(program -> program.symbolAt(address));
                    if (symbol.isEmpty()) {
                        throw new SessionException(
                                "No symbol matches %s.".formatted(arguments.tail()),
                                new SessionFailure.NoSymbol(arguments.tail()));
                    }
                    long offset = address - symbol.get().address();
                    output.line("%s%s", symbol.get().name(), offset == 0 ? "" : " + " + offset);
                });
    }

    private static Command address() {
        return Command.named("address")
                .usage("info address SYMBOL")
                .summary("where a symbol is, and where it was linked")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    Program program = requireProgram(session);
                    List<Symbol> symbols = program.findSymbols(arguments.tail());
                    if (symbols.isEmpty()) {
                        session.evaluate(arguments.tail()); // throws, and knows what was meant
                    }
                    for (Symbol symbol : symbols) {
                        output.line(
                                "Symbol \"%s\" is at 0x%x, %d bytes, type %c, linked at 0x%x.",
                                symbol.name(),
                                symbol.address(),
                                symbol.sizeBytes(),
                                symbol.type(),
                                program.toLink(symbol.address()));
                    }
                });
    }

    private static Program requireProgram(Session session) {
        return session.program()
                .orElseThrow(() -> new SessionException(
                        "no kernel image is known; give one with --kernel", new SessionFailure.NoSymbol("")));
    }

    private static Command line() {
        return Command.named("line")
                .usage("info line LOCATION")
                .summary("what is known of a place; source lines need DWARF, which a stock kernel does not carry")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    String place = arguments.isEmpty() ? "*$pc" : arguments.tail();
                    for (long address : session.resolve(place)) {
                        output.line(
                                "No line number information available for address %s",
                                session.requireStop().describe(address));
                    }
                });
    }

    private static Command threads() {
        return Command.named("threads")
                .usage("info threads [N[-M]...]")
                .summary("the CPUs, and where each stands")
                .runs((session, arguments, output) -> {
                    Stop stop = session.requireStop();
                    String wanted = arguments.isEmpty() ? "all" : arguments.tail();
                    List<ThreadId> threads = stop.threads().stream()
                            .filter(thread -> ThreadVerbs.isAmong(wanted, thread.thread()))
                            .toList();
                    if (threads.isEmpty()) {
                        output.line("No threads match '%s'.", wanted);
                        return;
                    }
                    output.line("  %-4s %-28s %s", "Id", "Target Id", "Frame");
                    for (ThreadId thread : threads) {
                        RegisterFile registers = stop.registersOf(thread);
                        boolean current = thread.thread() == stop.thread().thread();
                        String name = session.threadName(thread);
                        output.line(
                                "%s %-4d %-28s %s",
                                current ? "*" : " ",
                                thread.thread(),
                                name.isEmpty() ? "Thread " + thread : "Thread %s (%s)".formatted(thread, name),
                                stop.describe(registers.pc()));
                    }
                });
    }

    private static Command machine() {
        return Command.named("machine", "program", "inferiors", "target", "files")
                .usage("info machine")
                .summary("the machine: QEMU, its process, its kernel, its state")
                .runs((session, arguments, output) ->
                        session.hypervisor().describe().forEach((name, value) -> output.line("%-14s %s", name, value)));
    }

    private static Command kaslr() {
        return Command.named("kaslr")
                .usage("info kaslr")
                .summary("how far the kernel was moved, and how kdive knows")
                .help("""
                        A kernel that runs is found in two ways where it can be: by a register of the processor (the \
                        interrupt table of x86, the exception vectors of arm64) and the kernel's banner at the place that \
                        follows; and by what the kernel itself tells in vmcoreinfo (KERNELOFFSET, its build-id and the \
                        address of _stext). Each is a line. Symbols of another kernel are refused.""")
                .runs((session, arguments, output) -> {
                    List<String> lines = session.explainSlide().lines().toList();
                    output.line("KASLR slide: %s", lines.get(0));
                    lines.stream().skip(1).forEach(line -> output.line("  %s", line));
                });
    }
}
