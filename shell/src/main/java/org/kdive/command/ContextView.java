package org.kdive.command;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.kdive.gdbrsp.Register;
import org.kdive.images.ImageException;
import org.kdive.images.arch.Instruction;
import org.kdive.session.CallValues;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** What surrounds a stop: the arguments, the registers that changed, the stack and the code. Session thread. */
final class ContextView {
    static final String USAGE = "set context on|off|args|regs|stack|code ...";
    private static final int CODE_LINES = 4;
    private static final int STACK_WORDS = 4;
    private static final int LABEL_WIDTH = 6;

    /** The parts, in the order they are shown. */
    enum Part {
        ARGS,
        REGS,
        STACK,
        CODE
    }

    private final PrintSettings printing;
    private final Settings settings;
    private final Map<Integer, Map<String, BigInteger>> before =
            new HashMap<>(); // registers of a thread at its last stop

    ContextView(PrintSettings printing, Settings settings) {
        this.printing = printing;
        this.settings = settings;
    }

    /** Parts by their names; on is all of them. Throws Usage. */
    static Set<Part> parts(String words) {
        Set<Part> parts = EnumSet.noneOf(Part.class);
        for (String word : words.strip().split("[\\s,]+")) {
            switch (word) {
                case "on", "" -> parts.addAll(EnumSet.allOf(Part.class));
                case "off" -> parts.clear();
                default -> parts.add(part(word));
            }
        }
        return parts;
    }

    private static Part part(String word) {
        for (Part part : Part.values()) {
            if (part.name().equalsIgnoreCase(word)) {
                return part;
            }
        }
        throw new SessionException("\"%s\" is no part of the context".formatted(word), new SessionFailure.Usage(USAGE));
    }

    static String words(Set<Part> parts) {
        return parts.isEmpty()
                ? "off"
                : parts.stream()
                        .map(part -> part.name().toLowerCase(Locale.ROOT))
                        .collect(Collectors.joining(" "));
    }

    /** Everything but the code; and how many instructions should be shown. */
    int show(Session session, Stop stop, Output output) {
        Set<Part> parts = settings.context();
        if (parts.isEmpty()) {
            return 1;
        }
        for (Part part : parts) {
            switch (part) {
                case ARGS -> arguments(session, stop, output);
                case REGS -> registers(stop, output);
                case STACK -> stack(stop, output);
                case CODE -> {}
            }
        }
        return parts.contains(Part.CODE) ? CODE_LINES : 1;
    }

    private void arguments(Session session, Stop stop, Output output) {
        CallValues.arguments(stop).filter(all -> !all.isEmpty()).ifPresent(all -> {
            String text = all.stream()
                    .map(one -> one.name() + "=" + brief(session, one))
                    .collect(Collectors.joining(", "));
            output.line("%s%s", label(output, "args"), text);
        });
    }

    private String brief(Session session, CallValues.Named argument) {
        try {
            return printing.brief(session, argument.value());
        } catch (ImageException | SessionException e) {
            return "<" + Complaint.of(e).text() + ">";
        }
    }

    private void registers(Stop stop, Output output) {
        Map<String, BigInteger> now = new HashMap<>();
        List<Piece> changed = new ArrayList<>();
        int thread = (int) stop.thread().thread();
        Map<String, BigInteger> last = before.getOrDefault(thread, Map.of());
        for (Register register : stop.registers().present()) {
            boolean isWord = register.bits() <= 64
                    && !register.name().equals(stop.registers().canonical("pc"));
            Optional<BigInteger> value = isWord ? stop.registers().value(register.name()) : Optional.empty();
            value.ifPresent(bits -> {
                now.put(register.name(), bits);
                BigInteger old = last.get(register.name());
                if (old != null && !old.equals(bits)) {
                    changed.add(Piece.register(register.name(), "0x" + bits.toString(16), output));
                }
            });
        }
        before.put(thread, now);
        line("regs", changed, output);
    }

    private static void stack(Stop stop, Output output) {
        int word = stop.architecture().pointerBytes();
        long sp = stop.registers().sp();
        byte[] bytes = stop.memory().readPrefix(sp, STACK_WORDS * word);
        List<Piece> words = new ArrayList<>();
        for (int at = 0; at + word <= bytes.length; at += word) {
            byte[] one = Arrays.copyOfRange(bytes, at, at + word);
            String text = stop.describe(Registers.unsigned(stop, one).longValue());
            words.add(new Piece(text, text));
        }
        line("stack", words, output);
    }

    /** A word, and the same in colour. */
    private record Piece(String plain, String styled) {
        static Piece register(String name, String value, Output output) {
            String styled =
                    output.styled(Output.Style.REGISTER, name) + "=" + output.styled(Output.Style.CHANGED, value);
            return new Piece(name + "=" + value, styled);
        }
    }

    /** As many as the line holds, and how many there are besides. */
    private static void line(String name, List<Piece> pieces, Output output) {
        int room = output.width() - LABEL_WIDTH - " and 99 more".length();
        List<String> shown = new ArrayList<>();
        for (Piece piece : pieces) {
            room -= piece.plain().length() + 1;
            if (room < 0 && !shown.isEmpty()) {
                break;
            }
            shown.add(piece.styled());
        }
        int others = pieces.size() - shown.size();
        if (!shown.isEmpty()) {
            String more = others > 0 ? " and %d more".formatted(others) : "";
            output.line("%s%s%s", label(output, name), String.join(" ", shown), more);
        }
    }

    private static String label(Output output, String text) {
        return output.styled(Output.Style.DIM, text + " ".repeat(LABEL_WIDTH - text.length()));
    }

    /** The instructions from here on, the next one marked. */
    static void code(Stop stop, int count, Output output) {
        long pc = stop.pc();
        List<Instruction> code = stop.code(pc, count);
        if (code.isEmpty()) {
            output.line("=> 0x%x: cannot access memory", pc);
        }
        for (Instruction one : code) {
            String mark = one.address() == pc ? "=> " : "   ";
            output.line("%s", mark + StopView.instruction(stop, one, output));
        }
    }
}
