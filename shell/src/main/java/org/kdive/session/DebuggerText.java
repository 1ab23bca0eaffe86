package org.kdive.session;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.ImageException;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.machine.MachineBundle;
import org.kdive.session.expression.Value;

/** The debugger's part of a checkpoint as properties. Session thread. */
final class DebuggerText {
    private static final int MOST_ENTRIES = 10_000;

    private final Target target;

    DebuggerText(Target target) {
        this.target = target;
    }

    /** What was read, to be put in force. */
    record Brought(
            long pc,
            ThreadId thread,
            String message,
            Breakpoints.Saved breakpoints,
            Convenience.Saved convenience,
            List<String> frontEnd) {
        Brought {
            frontEnd = List.copyOf(frontEnd);
        }
    }

    Properties written(Checkpoint one) {
        Properties facts = new Properties();
        Checkpoint.Debugger then = one.debugger();
        facts.setProperty("pc", Long.toHexString(one.pc()));
        facts.setProperty("message", one.message());
        facts.setProperty(
                "thread", then.thread().process() + "." + then.thread().thread());
        facts.setProperty("place.settled", Boolean.toString(then.place().settled()));
        facts.setProperty("place.slide", Long.toHexString(then.place().slideBytes()));
        facts.setProperty("place.explanation", then.place().explanation());
        facts.setProperty(
                "breakpoints.last", Integer.toString(then.breakpoints().lastNumber()));
        int count = 0;
        for (Breakpoint breakpoint : then.breakpoints().all()) {
            BreakpointText.write(breakpoint, facts, "breakpoint." + count++ + ".");
        }
        facts.setProperty("values.last", Integer.toString(then.convenience().lastNumber()));
        values(then.convenience(), facts);
        put(facts, "front", then.frontEnd().lines());
        return facts;
    }

    private static void values(Convenience.Saved saved, Properties facts) {
        List<String> words = new ArrayList<>();
        List<String> left = new ArrayList<>();
        saved.values()
                .forEach((name, value) ->
                        text(value).ifPresentOrElse(text -> words.add(name + " " + text), () -> left.add("$" + name)));
        put(facts, "value", words);
        put(facts, "left", left);
    }

    /** An expression that is the value; empty for what is more than a number. */
    private static Optional<String> text(Value value) {
        Type bare = value.type().strip();
        if (bare instanceof StructType || bare instanceof ArrayType) {
            return Optional.empty();
        }
        try {
            return Optional.of("(%s)%s"
                    .formatted(
                            value.type().cName(),
                            bare instanceof FloatType ? value.decimal() : "0x" + Long.toHexString(value.bits())));
        } catch (SessionException | ImageException e) {
            return Optional.empty(); // it could not be read then either
        }
    }

    /** @param place puts the kernel where it was: types and names have a meaning from then on */
    Brought read(MachineBundle bundle, Consumer<SlideSearch.Place> place, Notices notices) {
        Properties facts = bundle.debugger();
        try {
            place.accept(new SlideSearch.Place(
                    Boolean.parseBoolean(require(facts, "place.settled")),
                    Long.parseUnsignedLong(require(facts, "place.slide"), 16),
                    require(facts, "place.explanation")));
            ThreadId thread = thread(require(facts, "thread"));
            return new Brought(
                    Long.parseUnsignedLong(require(facts, "pc"), 16),
                    thread,
                    facts.getProperty("message", ""),
                    breakpoints(facts, thread, notices),
                    convenience(facts, thread, notices),
                    list(facts, "front"));
        } catch (IllegalArgumentException e) {
            throw new SessionException(
                    "checkpoint %s: debugger.properties is damaged: %s".formatted(bundle.file(), e.getMessage()),
                    new SessionFailure.Io(bundle.file().toString()),
                    e);
        }
    }

    private ThreadId thread(String text) {
        return target.threads().stream()
                .filter(one -> (one.process() + "." + one.thread()).equals(text))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("no thread " + text));
    }

    private Breakpoints.Saved breakpoints(Properties facts, ThreadId thread, Notices notices) {
        List<Breakpoint> all = new ArrayList<>();
        for (int i = 0; i < MOST_ENTRIES && facts.containsKey("breakpoint." + i + ".number"); i++) {
            all.add(new BreakpointText(target, thread, notices).read(facts, "breakpoint." + i + "."));
        }
        return new Breakpoints.Saved(all, Integer.parseInt(require(facts, "breakpoints.last")));
    }

    private Convenience.Saved convenience(Properties facts, ThreadId thread, Notices notices) {
        Map<String, Value> values = new HashMap<>();
        List<String> left = new ArrayList<>(list(facts, "left"));
        for (String words : list(facts, "value")) {
            int space = words.indexOf(' ');
            String name = words.substring(0, Math.max(0, space));
            try {
                Value value = target.expression(words.substring(space + 1)).evaluate(target.scope(thread));
                values.put(name, Value.of(value.type(), value.bytes(), value.place(), value.order()));
            } catch (SessionException | ImageException e) {
                left.add("$" + name);
            }
        }
        if (!left.isEmpty()) {
            notices.notice("not in the file, only numbers and pointers are: %s", String.join(", ", left));
        }
        return new Convenience.Saved(values, Integer.parseInt(require(facts, "values.last")));
    }

    static void put(Properties facts, String name, List<String> lines) {
        for (int i = 0; i < lines.size(); i++) {
            facts.setProperty(name + "." + i, lines.get(i));
        }
    }

    static List<String> list(Properties facts, String name) {
        List<String> lines = new ArrayList<>();
        for (String line = facts.getProperty(name + ".0");
                line != null && lines.size() < MOST_ENTRIES;
                line = facts.getProperty(name + "." + lines.size())) {
            lines.add(line);
        }
        return lines;
    }

    static String require(Properties facts, String name) {
        String value = facts.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return value;
    }
}
