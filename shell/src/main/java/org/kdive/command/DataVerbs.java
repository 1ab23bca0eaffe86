package org.kdive.command;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.images.arch.Instruction;
import org.kdive.images.symbols.Symbol;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** The verbs that look at registers, memory and code. */
final class DataVerbs {
    private static final Pattern RANGE = Pattern.compile("(.+?)(?:,\\s*(\\+?)\\s*(.+))?");
    private static final int MOST_INSTRUCTIONS = 100_000;

    private final Examine examine = new Examine();

    private DataVerbs() {}

    static List<Command> all() {
        DataVerbs verbs = new DataVerbs();
        return List.of(verbs.examine(), hexdump(), verbs.disassemble());
    }

    private Command examine() {
        return Command.named("x")
                .topic(Topic.DATA)
                .usage("x[/NFU] [ADDRESS]")
                .summary("show memory at an address")
                .help(
                        "N is how many, F one of x d u o t a c s i z f, U one of b h w g (1, 2, 4, 8 bytes). A negative N shows what lies before ADDRESS. Without an address"
                                + " it goes on where it ended; $_ is the last one shown. Examples: x/10i $pc, x/s linux_banner, x/8gx $rsp.")
                .completes(Completers.EXPRESSIONS)
                .repeats()
                .runs((session, arguments, output) -> {
                    Optional<Long> address = arguments.isEmpty()
                            ? Optional.empty()
                            : Optional.of(session.evaluate(arguments.tail()).bits());
                    examine.show(session.requireStop(), arguments.format(), address, output, session::checkInterrupt);
                    examine.remember(session);
                });
    }

    private static Command hexdump() {
        return Command.named("hexdump", "hd")
                .topic(Topic.DATA)
                .usage("hexdump ADDRESS [LENGTH]")
                .summary("show memory as bytes and as text, 256 bytes if no length is given")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.isEmpty()) {
                        throw new SessionException(
                                "hexdump: which address?", new SessionFailure.Usage("hexdump ADDRESS [LENGTH]"));
                    }
                    boolean sized = words.size() > 1;
                    String place = sized
                            ? arguments.tail().substring(0, arguments.tail().lastIndexOf(words.get(words.size() - 1)))
                            : arguments.tail();
                    long length = sized
                            ? session.evaluate(words.get(words.size() - 1)).bits()
                            : 256;
                    if (length < 1 || length > 1 << 24) {
                        throw new SessionException(
                                "hexdump: %d bytes; 1 to 16 MiB".formatted(length),
                                new SessionFailure.Usage("hexdump ADDRESS [LENGTH]"));
                    }
                    Examine.hexdump(
                            session.requireStop(),
                            session.evaluate(place).bits(),
                            (int) length,
                            output,
                            session::checkInterrupt);
                });
    }

    private Command disassemble() {
        return Command.named("disassemble", "disas")
                .topic(Topic.DATA)
                .usage("disassemble[/r] [ADDRESS]")
                .usage("disassemble[/r] START,END")
                .usage("disassemble[/r] START,+LENGTH")
                .summary("show the code of a function, or of a range")
                .help("Without an address the function that the guest stands in. /r shows the bytes. The code is the"
                        + " guest's memory as it is now: patched alternatives and static calls are seen.")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    var unused = session.requireStop(); // before anything else is said
                    Matcher range = RANGE.matcher(arguments.isEmpty() ? "$pc" : arguments.tail());
                    if (!range.matches()) {
                        throw new SessionException(
                                "disassemble: which code?", new SessionFailure.Usage("disassemble START,END"));
                    }
                    long start = session.evaluate(range.group(1)).bits();
                    boolean raw = arguments.format().contains("r");
                    if (range.group(3) == null) {
                        function(session, start, raw, output);
                    } else {
                        long end = session.evaluate(range.group(3)).bits();
                        code(session, start, range.group(2).isEmpty() ? end : start + end, raw, output);
                    }
                });
    }

    private static void function(Session session, long inside, boolean raw, Output output) {
        Stop stop = session.requireStop();
        Symbol symbol = stop.program()
                .flatMap(program -> program.symbolAt(inside))
                .orElseThrow(() -> new SessionException(
                        "no function contains 0x%x; give a range: disassemble $pc,+32".formatted(inside),
                        new SessionFailure.NoSymbol("0x%x".formatted(inside))));
        output.line("Dump of assembler code for function %s:", symbol.name());
        code(session, symbol.address(), symbol.address() + Math.max(1, symbol.sizeBytes()), raw, output);
        output.line("End of assembler dump.");
    }

    private static void code(Session session, long start, long end, boolean raw, Output output) {
        Stop stop = session.requireStop();
        long pc = stop.frameRegisters().pc();
        long at = start;
        int shown = 0;
        while (Long.compareUnsigned(at, end) < 0 && shown < MOST_INSTRUCTIONS) {
            session.checkInterrupt();
            List<Instruction> code = stop.code(at, 64);
            if (code.isEmpty()) {
                output.line("0x%x:\tcannot access memory", at);
                return;
            }
            for (Instruction instruction : code) {
                if (Long.compareUnsigned(instruction.address(), end) >= 0) {
                    return;
                }
                String mark = instruction.address() == pc ? "=> " : "   ";
                String bytes = raw ? StopView.bytes(instruction) : "";
                output.line("%s", mark + StopView.instruction(stop, instruction, bytes, output));
                at = instruction.next();
                shown++;
            }
        }
    }
}
