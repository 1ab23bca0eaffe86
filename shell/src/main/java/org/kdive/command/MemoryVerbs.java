package org.kdive.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** The verbs that move memory: dump, restore, find. */
final class MemoryVerbs {
    private static final int CHUNK_BYTES = 1 << 20;
    private static final int MOST_BYTES = 1 << 30;
    private static final Pattern DUMP = Pattern.compile("(?:binary\\s+)?memory\\s+(.+)");
    private static final Pattern FIND = Pattern.compile("(.+?),\\s*(\\+?)\\s*([^,]+),(.+)");
    private static final String DUMP_USAGE = "dump memory FILE START END";
    private static final String FIND_USAGE = "find[/UNIT][/COUNT] START, +LENGTH, VALUE[, VALUE...]";

    private MemoryVerbs() {}

    static List<Command> all() {
        return List.of(dump(), restore(), find());
    }

    private static Command dump() {
        Subcommands words = new Subcommands("dump", List.of(GuestDumpVerb.command()))
                .otherwise(MemoryVerbs::dumpMemory, Completers.EXPRESSIONS);
        return Command.named("dump")
                .topic(Topic.DATA)
                .usage(DUMP_USAGE)
                .usage("dump memory FILE START +LENGTH")
                .usage(GuestDumpVerb.USAGE)
                .summary("write a range of memory, or the whole guest, to a file")
                .help(
                        "END is the first address that is not written. Pages that are not mapped are zeros in the file, and are"
                                + " told as an error; without any other there is no file. A file appears only when it is whole."
                                + "\nThe whole guest is written by QEMU as a core file that crash, drgn and gdb read; it stands still"
                                + " meanwhile. drgn wants the guest's qemu_fw_cfg module to be loaded.")
                .completes(words)
                .runs(words);
    }

    private static void dumpMemory(Session session, Arguments arguments, Output output) {
        Matcher matcher = DUMP.matcher(arguments.tail());
        List<String> words = matcher.matches() ? new Arguments("", "", matcher.group(1)).words() : List.of();
        if (words.size() != 3) {
            throw new SessionException("dump: what, and where to?", new SessionFailure.Usage(DUMP_USAGE));
        }
        long start = session.evaluate(words.get(1)).bits();
        boolean relative = words.get(2).startsWith("+");
        long end = session.evaluate(relative ? words.get(2).substring(1) : words.get(2))
                .bits();
        long length = relative ? end : end - start;
        if (length <= 0 || length > MOST_BYTES) {
            throw new SessionException(
                    "dump: %d bytes; 1 to 1 GiB at once".formatted(length), new SessionFailure.Usage(DUMP_USAGE));
        }
        new MemoryDump(session, Path.of(words.get(0)), start, length).write();
        output.line("%d bytes from 0x%x written to %s", length, start, words.get(0));
    }

    private static Command restore() {
        return Command.named("restore")
                .topic(Topic.DATA)
                .usage("restore FILE [binary] ADDRESS")
                .summary("write a file's bytes into the guest's memory")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> {
                    List<String> words = new ArrayList<>(arguments.words());
                    words.removeIf(word -> word.equals("binary"));
                    if (words.size() != 2) {
                        throw new SessionException(
                                "restore: which file, and where to?",
                                new SessionFailure.Usage("restore FILE [binary] ADDRESS"));
                    }
                    long address = session.evaluate(words.get(1)).bits();
                    byte[] bytes = contents(Path.of(words.get(0)));
                    Stop stop = session.requireStop();
                    for (int done = 0; done < bytes.length; done += CHUNK_BYTES) {
                        session.checkInterrupt();
                        int end = Math.min(bytes.length, done + CHUNK_BYTES);
                        stop.write(address + done, Arrays.copyOfRange(bytes, done, end));
                    }
                    output.line("%d bytes from %s written to 0x%x", bytes.length, words.get(0), address);
                });
    }

    private static byte[] contents(Path file) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new SessionException(
                        "restore %s: more than 1 GiB".formatted(file), new SessionFailure.Io(file.toString()));
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new SessionException(
                    "restore %s: %s".formatted(file, Complaint.reason(e)), new SessionFailure.Io(file.toString()), e);
        }
    }

    private static Command find() {
        return Command.named("find")
                .topic(Topic.DATA)
                .usage(FIND_USAGE)
                .usage("find[/UNIT][/COUNT] START, END, VALUE[, VALUE...]")
                .summary("search memory for bytes, numbers or a string")
                .help(
                        "UNIT is b h w g for numbers of 1, 2, 4 or 8 bytes, b if not given; COUNT ends the search early. A string"
                                + " stands in double quotes. Pages that are not mapped are passed over. The last address found is $_.")
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
        long length = words.group(2).isEmpty() ? end - start : end;
        byte[] wanted = Needle.parse(session, arguments.format(), words.group(4));
        int limit = Needle.count(arguments.format());
        List<Long> found = Needle.search(session, start, length, wanted, limit);
        Stop stop = session.requireStop();
        found.forEach(address -> output.line("%s", stop.describe(address)));
        output.line(
                found.isEmpty()
                        ? "Pattern not found."
                        : "%d pattern%s found.".formatted(found.size(), found.size() == 1 ? "" : "s"));
        if (!found.isEmpty()) {
            session.define("_", found.get(found.size() - 1));
        }
    }
}
