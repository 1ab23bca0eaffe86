package org.kdive.command;

import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.kdive.session.Breakpoint;
import org.kdive.session.Breakpoints;
import org.kdive.session.Role;
import org.kdive.session.Session;
import org.kdive.session.Site;
import org.kdive.session.Standing;

/** {@code info breakpoints}, laid out as gdb 13 does. */
final class BreakpointTable {
    private static final int NARROWEST = 14; // of the column Type

    private final Session session;
    private final Output output;
    private final int typeWidth;

    private BreakpointTable(Session session, Output output, int typeWidth) {
        this.session = session;
        this.output = output;
        this.typeWidth = typeWidth;
    }

    static void show(Session session, Collection<Breakpoint> shown, Output output) {
        int width = Math.max(
                NARROWEST,
                shown.stream().mapToInt(one -> one.spec().type().length()).max().orElse(0));
        BreakpointTable table = new BreakpointTable(session, output, width);
        output.line("%s", table.row("Num", "Type", "Disp", "Enb", "Address           ", "What"));
        shown.forEach(table::one);
        session.standing().ifPresent(standing -> policy(standing, shown).ifPresent(line -> output.line("%s", line)));
    }

    /** One line that gdb does not have: how they hold, and what those wait for that do not. */
    private static Optional<String> policy(Standing standing, Collection<Breakpoint> shown) {
        Map<Standing.How, List<Integer>> numbers = new EnumMap<>(Standing.How.class);
        shown.stream()
                .filter(Breakpoint::enabled)
                .forEach(one -> numbers.computeIfAbsent(standing.of(one), how -> new ArrayList<>())
                        .add(one.number()));
        if (numbers.isEmpty()) {
            return Optional.empty();
        }
        String parts = numbers.entrySet().stream()
                .map(entry -> (entry.getKey().isPending()
                                ? "pending "
                                : entry.getKey().words() + " ")
                        + ranges(entry.getValue())
                        + (entry.getKey().isPending() ? " (" + entry.getKey().words() + ")" : ""))
                .collect(Collectors.joining("; "));
        String slots = standing.slots().map(taken -> " (" + taken + ")").orElse("");
        return Optional.of("Under %s%s: %s".formatted(standing.keeper(), slots, parts));
    }

    /** {@code 1-3 5}: as the verbs take them. */
    static String ranges(List<Integer> numbers) {
        StringBuilder all = new StringBuilder();
        for (int i = 0; i < numbers.size(); i++) {
            int first = numbers.get(i);
            while (i + 1 < numbers.size() && numbers.get(i + 1) == numbers.get(i) + 1) {
                i++;
            }
            int last = numbers.get(i);
            all.append(all.isEmpty() ? "" : " ").append(first).append(last == first ? "" : "-" + last);
        }
        return all.toString();
    }

    /** Those of the numbers given, or all. */
    static Collection<Breakpoint> chosen(Session session, List<Integer> numbers) {
        Breakpoints all = session.breakpoints();
        return numbers.isEmpty()
                ? all.all()
                : numbers.stream().map(all::require).toList();
    }

    private String row(String number, String type, String fate, String enabled, String address, String what) {
        String columns = "%-7s %-" + typeWidth + "s %-4s %-3s %-18s %s";
        return columns.formatted(number, type, fate, enabled, address, what).stripTrailing();
    }

    private void one(Breakpoint one) {
        boolean placed = !isPlaceless(one);
        boolean several = placed && one.sites().size() > 1;
        boolean gone = placed && one.sites().size() == 1 && !one.sites().get(0).enabled();
        output.line(
                "%s",
                row(
                        String.valueOf(one.number()),
                        one.spec().type(),
                        one.spec().fate().word(),
                        one.enabled() ? "y" : "n",
                        address(one, several || gone),
                        several ? "" : what(one)));
        terms(one);
        script(one);
        if (several || gone) {
            for (int i = 0; i < one.sites().size(); i++) {
                Site site = one.sites().get(i);
                String name = one.number() + "." + (i + 1);
                String where = "0x%016x".formatted(site.address());
                output.line("%s", row(name, "", "", site.enabled() ? "y" : "n", where, name(site.address())));
            }
        }
    }

    // of these gdb shows no address
    private static boolean isPlaceless(Breakpoint one) {
        return one.isWatchpoint() || one.spec().role() instanceof Role.Catches;
    }

    private static String address(Breakpoint one, boolean several) {
        if (isPlaceless(one)) {
            return "";
        }
        return one.isPending()
                ? "<PENDING>"
                : several ? "<MULTIPLE>" : "0x%016x".formatted(one.addresses().get(0));
    }

    private String what(Breakpoint one) {
        return one.isPending() || isPlaceless(one)
                ? one.spec().words()
                : name(one.addresses().get(0));
    }

    private void terms(Breakpoint one) {
        one.findCondition().ifPresent(condition -> output.line("\tstop only if %s", condition));
        if (one.spec().thread() != 0) {
            output.line("\tstop only in thread %d", one.spec().thread());
        }
        if (one.hits() > 0) {
            output.line("\tbreakpoint already hit %d time%s", one.hits(), one.hits() == 1 ? "" : "s");
        }
        if (one.ignores() > 0) {
            output.line("\tignore next %d hits", one.ignores());
        }
        // 1 is what Disp tells
        if (one.spec().fate().left() > 1) {
            output.line(
                    "\tdisable after %s %d hits",
                    one.ignores() > 0 ? "additional" : "next", one.spec().fate().left());
        }
    }

    // indented as gdb does: by 8
    private void script(Breakpoint one) {
        if (one.spec().role() instanceof Role.Prints prints) {
            output.line("        printf %s", prints.text());
        }
        one.commands().forEach(line -> output.line("        %s", line));
    }

    private String name(long address) {
        return session.program()
                .filter(program -> program.symbolAt(address).isPresent())
                .map(program -> program.describe(address))
                .map(name -> "<" + name + ">")
                .orElse("");
    }
}
