package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** The verbs that move memory, and find, which looks for something in it. */
final class MemoryVerbs {
    private static final Pattern FIND = Pattern.compile("(.+?),\\s*(\\+?)\\s*([^,]+),(.+)");
    private static final String FIND_USAGE = "find[/UNIT][/COUNT] START, +LENGTH, VALUE[, VALUE...]";

    private MemoryVerbs() {}

    static List<Command> all() {
        List<Command> all = new ArrayList<>(DumpVerbs.all());
        all.add(find());
        return all;
    }

    private static Command find() {
        return Command.named("find")
                .topic(Topic.DATA)
                .usage(FIND_USAGE)
                .usage("find[/UNIT][/COUNT] START, END, VALUE[, VALUE...]")
                .summary("search memory for bytes, numbers or a string")
                .help("""
                        UNIT is b h w g for numbers of 1, 2, 4 or 8 bytes; without it a number is as long as its type: 0x90 is an
                        int. COUNT ends the search early, 1000 if not given. END is the last address looked at, as in gdb. A string
                        stands in double quotes, without its NUL. Pages that are not mapped, and devices, are passed over. The last
                        address found is $_, and $numfound how many there were.
                          find _stext, _etext, "Linux version"
                          find/b $sp, +4096, 0x90, 0x90
                          find/g1 init_task, +sizeof(init_task), &init_task""")
                .completes(Completers.EXPRESSIONS)
                .runs(MemoryVerbs::find);
    }

    private static void find(Session session, Arguments arguments, Output output) {
        Matcher words = FIND.matcher(arguments.tail());
        if (!words.matches()) {
            throw new SessionException("find: where, and what?", new SessionFailure.Usage(FIND_USAGE));
        }
        long start = session.evaluate(words.group(1)).bits();
        long end = session.evaluate(words.group(3)).bits();
        long length = words.group(2).isEmpty() ? end - start + 1 : end;
        byte[] wanted = Needle.parse(session, arguments.format(), words.group(4));
        int limit = Needle.count(arguments.format());
        List<Long> found = Needle.search(session, start, length, wanted, limit);
        Stop stop = session.requireStop();
        found.forEach(address -> output.line("%s", stop.describe(address)));
        output.line(
                found.isEmpty()
                        ? "Pattern not found."
                        : "%d pattern%s found.".formatted(found.size(), found.size() == 1 ? "" : "s"));
        session.define("numfound", found.size());
        if (!found.isEmpty()) {
            session.define("_", found.get(found.size() - 1));
        }
    }
}
