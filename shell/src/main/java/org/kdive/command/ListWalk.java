package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.images.linux.TreeWalk;
import org.kdive.images.types.Type;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.Printf;

/** {@code list}: the kernel's lists and trees, entry by entry. */
final class ListWalk {
    static final String USAGE = "list HEAD TYPE MEMBER[, EXPRESSION...]";
    private static final String NUMBERS_USAGE = "list IDA";
    private static final String TREE_USAGE = "list TREE TYPE[, EXPRESSION...]";
    private static final Pattern TAIL =
            Pattern.compile("(.+?)\\s+((?:struct|union)\\s+\\w+|(?!(?:struct|union)\\b)[A-Za-z_]\\w*)"
                    + "(?:\\s+([A-Za-z_][\\w.\\[\\]]*))?\\s*(?:,(.*))?");

    private final PrintSettings settings;

    ListWalk(PrintSettings settings) {
        this.settings = settings;
    }

    Command command() {
        return Command.named("list", "l")
                .topic(Topic.DATA)
                .usage(USAGE)
                .usage(TREE_USAGE)
                .usage(NUMBERS_USAGE)
                .summary("walk a list or a tree of the kernel's")
                .help("""
                        HEAD is a list_head, an hlist_head or an llist_head, or an rb_root, or a pointer to one; TYPE is what is
                        on the list, and MEMBER where in it the link is: an rb_node makes it a tree, which is shown in order.
                        TREE is an xarray, an idr, a radix tree or a maple tree: its pointers are to TYPE, with their indices.
                        An ida holds numbers and nothing else; the ranges in use are shown.
                        After a comma, members to show of each entry. It ends at the head again, at a null pointer, where a link
                        leads back, or where memory cannot be read. Source lines are not listed: a stock kernel carries none;
                        disassemble shows code.
                          list init_task.tasks struct task_struct tasks, pid, comm
                          list modules struct module list, name
                          list vmap_area_root struct vmap_area rb_node, va_start, va_end
                          list init_pid_ns.idr struct pid, level
                          list $lx_current()->mm->mm_mt struct vm_area_struct, vm_start, vm_end
                          list (struct ida *)&mnt_id_ida""")
                .completes(Completers.EXPRESSIONS)
                .runs(this::run);
    }

    private void run(Session session, Arguments arguments, Output output) {
        Matcher tail = TAIL.matcher(arguments.tail());
        if (!tail.matches()) {
            withoutType(session, arguments.tail(), output);
            return;
        }
        List<String> shown = new ArrayList<>();
        if (tail.group(4) != null) {
            Printf.split(tail.group(4)).forEach(each -> shown.add(each.strip()));
        }
        Type type = session.typeOf(tail.group(2));
        ListHead head = ListHead.of(session, tail.group(1));
        if (head.isNumbers()) {
            numbers(session, head, output);
        } else if (head.isIndexed()) {
            indexed(session, head, type, shown, output);
        } else if (tail.group(3) == null) {
            throw new SessionException(
                    "list: where in %s is the link?".formatted(type.cName()), new SessionFailure.Usage(USAGE));
        } else {
            String link = "((%s *)0)->%s".formatted(tail.group(2), tail.group(3));
            long offset = session.evaluate("(long)&" + link).bits();
            boolean isTree = head.isRedBlack() || ListHead.isNode(session.typeOf(link));
            linked(session, head, isTree, offset, type, shown, output);
        }
    }

    private static void withoutType(Session session, String expression, Output output) {
        if (!expression.isEmpty()) {
            ListHead head = ListHead.of(session, expression);
            if (head.isNumbers()) {
                numbers(session, head, output);
                return;
            }
        }
        throw new SessionException(
                "list: which list, of what? Source lines a stock kernel has none; disassemble shows code",
                new SessionFailure.Usage(USAGE));
    }

    private static void numbers(Session session, ListHead head, Output output) {
        TreeWalk ranges = head.walk(session);
        long all = 0;
        for (TreeWalk.Entry range : ranges.entries()) {
            session.checkInterrupt();
            output.line(range.first() == range.last() ? "%d" : "%d-%d", range.first(), range.last());
            all += range.last() - range.first() + 1;
        }
        String end = ranges.lost().isEmpty() ? "" : "; then " + ranges.lost();
        output.line("%d number%s in use%s", all, all == 1 ? "" : "s", end);
    }

    private void linked(
            Session session, ListHead head, boolean isTree, long offset, Type type, List<String> shown, Output output) {
        List<Long> links;
        String end;
        if (isTree) {
            TreeWalk tree =
                    TreeWalk.ofRedBlack(session.requireStop().kernel().live(), head.address(), session::checkInterrupt);
            links = tree.entries().stream().map(TreeWalk.Entry::value).toList();
            end = tree.lost().isEmpty() ? "" : "; then " + tree.lost();
        } else {
            LinkedEntries list = LinkedEntries.from(session, head);
            links = list.links();
            end = list.end();
        }
        for (long node : links) {
            session.checkInterrupt();
            output.line("%s", entry(session, type, node - offset, shown));
        }
        count(links.size(), end, output);
    }

    private void indexed(Session session, ListHead head, Type type, List<String> shown, Output output) {
        TreeWalk tree = head.walk(session);
        for (TreeWalk.Entry one : tree.entries()) {
            session.checkInterrupt();
            String index = one.first() == one.last()
                    ? Long.toUnsignedString(one.first())
                    : "0x%x-0x%x".formatted(one.first(), one.last());
            String value = one.isNumber() ? "number " + one.number() : entry(session, type, one.value(), shown);
            output.line("[%s] %s", index, value);
        }
        count(tree.entries().size(), tree.lost().isEmpty() ? "" : "; then " + tree.lost(), output);
    }

    private static void count(int entries, String end, Output output) {
        output.line("%d entr%s%s", entries, entries == 1 ? "y" : "ies", end);
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
