package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.ImageException;
import org.kdive.images.types.Type;
import org.kdive.session.expression.Value;

/** One breakpoint as properties, with what it has counted. Session thread. */
final class BreakpointText {
    /** Verbs that reach no further than the guest: others in a file from elsewhere would be somebody else's hands here. */
    private static final Set<String> HARMLESS = Set.of(
            "silent",
            "continue",
            "c",
            "print",
            "p",
            "printf",
            "echo",
            "output",
            "x",
            "backtrace",
            "bt",
            "where",
            "enable",
            "disable",
            "delete",
            "break",
            "tbreak");

    private final Target target;
    private final ThreadId thread;
    private final Notices notices;

    BreakpointText(Target target, ThreadId thread, Notices notices) {
        this.target = target;
        this.thread = thread;
        this.notices = notices;
    }

    static void write(Breakpoint one, Properties facts, String at) {
        BreakpointSpec spec = one.spec();
        facts.setProperty(at + "number", Integer.toString(one.number()));
        facts.setProperty(at + "kind", spec.kind().name());
        facts.setProperty(at + "role", role(spec.role()));
        facts.setProperty(at + "location", spec.location());
        spec.findCondition().ifPresent(condition -> facts.setProperty(at + "condition", condition));
        facts.setProperty(at + "thread", Integer.toString(spec.thread()));
        facts.setProperty(
                at + "fate", spec.fate().kind().name() + " " + spec.fate().left());
        facts.setProperty(at + "length", Long.toString(spec.lengthBytes()));
        facts.setProperty(at + "enabled", Boolean.toString(one.enabled()));
        facts.setProperty(at + "hits", Integer.toString(one.hits()));
        facts.setProperty(at + "ignores", Integer.toString(one.ignores()));
        DebuggerText.put(facts, at + "command", one.commands());
        DebuggerText.put(
                facts,
                at + "site",
                one.sites().stream()
                        .map(site -> Long.toHexString(site.address()) + " " + site.enabled())
                        .toList());
    }

    private static String role(Role role) {
        if (role instanceof Role.Prints prints) {
            return "prints " + prints.text();
        }
        if (role instanceof Role.Catches catches) {
            return "catches " + catches.event().words();
        }
        if (role instanceof Role.Watches watches) {
            return "watches %s %s".formatted(watches.sized(), watches.placed());
        }
        return role instanceof Role.Counts ? "counts" : "stops";
    }

    /** Throws IllegalArgumentException. */
    Breakpoint read(Properties facts, String at) {
        String[] fate = DebuggerText.require(facts, at + "fate").split(" ", 2);
        BreakpointSpec spec = new BreakpointSpec(
                Stoppoint.Kind.valueOf(DebuggerText.require(facts, at + "kind")),
                new Role.Stops(),
                DebuggerText.require(facts, at + "location"),
                facts.getProperty(at + "condition"),
                number(facts, at + "thread"),
                new Fate(Fate.Kind.valueOf(fate[0]), Integer.parseInt(fate[fate.length - 1])),
                Long.parseLong(DebuggerText.require(facts, at + "length")));
        List<Site> sites = new ArrayList<>();
        for (String site : DebuggerText.list(facts, at + "site")) {
            String[] words = site.split(" ", 2);
            sites.add(new Site(Long.parseUnsignedLong(words[0], 16), site.endsWith(" true")));
        }
        int number = number(facts, at + "number");
        Breakpoint plain = new Breakpoint(
                number,
                spec,
                Boolean.parseBoolean(DebuggerText.require(facts, at + "enabled")),
                sites,
                number(facts, at + "hits"),
                number(facts, at + "ignores"),
                harmless(number, DebuggerText.list(facts, at + "command")));
        return inRole(plain, DebuggerText.require(facts, at + "role"));
    }

    private static int number(Properties facts, String name) {
        int number = Integer.parseInt(DebuggerText.require(facts, name));
        if (number < 0) {
            throw new IllegalArgumentException(name + " is " + number);
        }
        return number;
    }

    private List<String> harmless(int number, List<String> commands) {
        for (String line : commands) {
            String verb = line.strip().split("[\\s/]", 2)[0];
            if (!HARMLESS.contains(verb)) {
                notices.notice(
                        "breakpoint %d: its commands are left out, since \"%s\" may reach beyond the guest; commands %d gives"
                                + " it others",
                        number, line.strip(), number);
                return List.of();
            }
        }
        return commands;
    }

    private Breakpoint inRole(Breakpoint plain, String words) {
        String[] parts = words.split(" ", 2);
        String rest = parts.length > 1 ? parts[1] : "";
        return switch (parts[0]) {
            case "stops" -> plain;
            case "counts" -> plain.withSpec(plain.spec().withRole(new Role.Counts()));
            case "prints" -> plain.withSpec(plain.spec().withRole(Role.Prints.of(rest)));
            case "catches" -> plain.withSpec(plain.spec().withRole(new Role.Catches(Catches.parse(rest))));
            case "watches" -> watching(plain, rest.startsWith("true"), rest.endsWith("true"));
            default -> throw new IllegalArgumentException("a breakpoint that " + words);
        };
    }

    private Breakpoint watching(Breakpoint plain, boolean sized, boolean placed) {
        Breakpoint typed =
                plain.withSpec(plain.spec().withRole(new Role.Watches(type(plain, sized), sized, placed, null)));
        if (typed.isPending()) {
            return typed;
        }
        Value seen = new WatchedValues(target).read(typed, thread).orElse(null);
        return typed.withSpec(typed.spec().withRole(((Role.Watches) typed.spec().role()).withSeen(seen)));
    }

    private @Nullable Type type(Breakpoint watchpoint, boolean sized) {
        try {
            Value value = target.expression(watchpoint.location()).evaluate(target.scope(thread));
            OptionalLong length = sized ? OptionalLong.of(watchpoint.spec().lengthBytes()) : OptionalLong.empty();
            return WatchedRange.of(watchpoint.location(), value, length, target.types())
                    .type();
        } catch (SessionException | ImageException e) {
            return null; // it is evaluated anew each time
        }
    }
}
