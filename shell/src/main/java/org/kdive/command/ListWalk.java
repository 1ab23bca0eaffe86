package org.kdive.command;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.Printf;

/** {@code list}: the kernel's linked lists, entry by entry. */
final class ListWalk {
    private static final String USAGE = "list HEAD TYPE MEMBER[, EXPRESSION...]";
    private static final Pattern TAIL =
            Pattern.compile("(.+?)\\s+((?:(?:struct|union)\\s+)?\\w+)\\s+([A-Za-z_][\\w.]*)\\s*(?:,(.*))?");
    private static final int MOST_ENTRIES = 100_000;

    private final PrintSettings settings;

    ListWalk(PrintSettings settings) {
        this.settings = settings;
    }

    Command command() {
        return Command.named("list", "l")
                .topic(Topic.DATA)
                .usage(USAGE)
                .summary("walk a list of the kernel's")
                .help("""
                        HEAD is a list_head, an hlist_head or an llist_head, or a pointer to one; TYPE is what is on the list, and
                        MEMBER where in it the link is. After a comma, members to show of each entry. It ends at the head again,
                        at a null pointer, where a link leads back into the list, or where memory cannot be read. Source lines
                        are not listed: a stock kernel carries none; disassemble shows code.
                          list init_task.tasks struct task_struct tasks, pid, comm
                          list modules struct module list, name""")
                .completes(Completers.EXPRESSIONS)
                .runs(this::run);
    }

    private void run(Session session, Arguments arguments, Output output) {
        Matcher tail = TAIL.matcher(arguments.tail());
        if (!tail.matches()) {
            throw new SessionException("list: which list, of what?", new SessionFailure.Usage(USAGE));
        }
        String member = tail.group(3);
        List<String> shown = new ArrayList<>();
        if (tail.group(4) != null) {
            Printf.split(tail.group(4)).forEach(each -> shown.add(each.strip()));
        }
        Type type = session.typeOf(tail.group(2));
        long offset = session.evaluate("offsetof(%s, %s)".formatted(tail.group(2), member))
                .bits();
        long head = headAddress(session, tail.group(1));
        List<Long> entries = new ArrayList<>();
        String end = walk(session, head, entries);
        for (long node : entries) {
            session.checkInterrupt();
            output.line("%s", entry(session, type, node - offset, shown));
        }
        output.line("%d entr%s%s", entries.size(), entries.size() == 1 ? "y" : "ies", end);
    }

    private static long headAddress(Session session, String expression) {
        Value head = session.evaluate(expression);
        return head.type().strip() instanceof StructType && head.address().isPresent()
                ? head.address().getAsLong()
                : head.bits();
    }

    // list_head, hlist_head, hlist_node and the lock-less ones begin with the way forward
    private static long word(Session session, long address) {
        Types types = session.types();
        return Value.inMemory(
                        types.c("unsigned long"), address, session.requireStop().memory(), types.order())
                .bits();
    }

    /** The links, and how the list ended if it did not end well. */
    private static String walk(Session session, long head, List<Long> entries) {
        Set<Long> seen = new HashSet<>();
        long node = head;
        try {
            while (true) {
                session.checkInterrupt();
                node = word(session, node);
                if (node == head || node == 0 || (node & 1) == 1) {
                    return "";
                }
                if (!seen.add(node)) {
                    return "; then a link leads back to 0x%x".formatted(node);
                }
                if (entries.size() == MOST_ENTRIES) {
                    return "; there are more";
                }
                entries.add(node);
            }
        } catch (SessionException e) {
            if (e.failure() instanceof SessionFailure.Unreadable && !entries.isEmpty()) {
                entries.remove(entries.size() - 1); // what could not be read is no entry
                return "; then a link to 0x%x, which cannot be read".formatted(node);
            }
            throw e;
        }
    }

    private String entry(Session session, Type type, long address, List<String> shown) {
        String whole = "(%s *) %s".formatted(type.cName(), session.requireStop().describe(address));
        StringBuilder line = new StringBuilder(whole);
        String separator = "  ";
        session.define("_", address);
        for (String member : shown) {
            Value value = session.evaluate("((%s *)$_)->%s".formatted(type.cName(), member));
            line.append(separator).append(member).append(" = ").append(settings.text(session, value, ' '));
            separator = ", ";
        }
        return line.toString();
    }
}
