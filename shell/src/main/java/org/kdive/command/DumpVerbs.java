package org.kdive.command;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
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

/** The verbs that move memory between the guest and files: dump, append, restore. */
final class DumpVerbs {
    private static final int RESTORE_CHUNK_BYTES = 1 << 16; // through the stub, in hexadecimal digits
    private static final int MOST_BYTES = 1 << 30;
    private static final Pattern WHAT =
            Pattern.compile("(?:(binary|ihex|srec|tekhex|verilog)\\s+)?(memory|value)\\s+(.+)");
    private static final Pattern VALUE = Pattern.compile("(\\S+)\\s+(.+)");
    private static final Pattern TEXT_FORMAT = Pattern.compile("(:[0-9A-Fa-f]{10,}|S[0-9][0-9A-Fa-f]{6,})\\s[\\s\\S]*");
    private static final String RESTORE_USAGE = "restore FILE [binary] ADDRESS [START [END]]";

    private DumpVerbs() {}

    static List<Command> all() {
        return List.of(dump(), append(), restore());
    }

    private static Command dump() {
        Subcommands words = new Subcommands("dump", List.of(GuestDumpVerb.command()))
                .otherwise(
                        (session, arguments, output) -> write(session, arguments, false, output),
                        Completers.EXPRESSIONS);
        return toFile("dump")
                .usage(GuestDumpVerb.USAGE)
                .summary("write a range of memory, a value, or the whole guest, to a file")
                .help("""
                        END is the first address that is not written. Pages that are not mapped are zeros in the file, and
                        are told as an error; without any other there is no file. A file appears only when it is whole. The
                        file is binary; objcopy makes ihex and srec of it.
                        The whole guest is written by QEMU as a core file that crash, drgn and gdb open; it stands still
                        meanwhile. What they look for and QEMU leaves out is added for a 64-bit kernel, once that has made
                        its VMCOREINFO note early in its boot: the note, and where the kernel has its memory.
                          dump memory head.bin $sp +256
                          dump binary memory text.bin _stext _etext
                          dump value task.bin *$lx_current()
                          dump guest core --format kdump-zlib""")
                .completes(words)
                .runs(words);
    }

    private static Command append() {
        return toFile("append")
                .summary("write a range of memory, or a value, to the end of a file")
                .help("As dump; the file is there as it was, or with all of the new bytes behind the old.")
                .completes(Completers.EXPRESSIONS)
                .runs((session, arguments, output) -> write(session, arguments, true, output));
    }

    private static Command.Builder toFile(String verb) {
        return Command.named(verb)
                .topic(Topic.DATA)
                .usage(verb + " [binary] memory FILE START END")
                .usage(verb + " [binary] memory FILE START +LENGTH")
                .usage(verb + " [binary] value FILE EXPRESSION");
    }

    private static void write(Session session, Arguments arguments, boolean append, Output output) {
        String verb = append ? "append" : "dump";
        Matcher matcher = WHAT.matcher(arguments.tail());
        if (!matcher.matches()) {
            throw new SessionException(
                    verb + ": what, and where to?", new SessionFailure.Usage(verb + " memory FILE START END"));
        }
        String format = matcher.group(1);
        if (format != null && !format.equals("binary")) {
            throw new SessionException(
                    "%s: %s is not written, binary is; objcopy -I binary -O %s makes it of a file"
                            .formatted(verb, format, format),
                    new SessionFailure.Unsupported(format));
        }
        if (matcher.group(2).equals("memory")) {
            memory(session, verb, matcher.group(3), append, output);
        } else {
            value(session, verb, matcher.group(3), append, output);
        }
    }

    private static void memory(Session session, String verb, String rest, boolean append, Output output) {
        List<String> words = new Arguments("", "", rest).words();
        SessionFailure usage = new SessionFailure.Usage(verb + " memory FILE START END");
        if (words.size() != 3) {
            throw new SessionException(verb + ": which file, from where, to where?", usage);
        }
        long start = session.evaluate(words.get(1)).bits();
        boolean relative = words.get(2).startsWith("+");
        long end = session.evaluate(relative ? words.get(2).substring(1) : words.get(2))
                .bits();
        long length = relative ? end : end - start;
        if (length <= 0 || length > MOST_BYTES) {
            throw new SessionException("%s: %d bytes; 1 to 1 GiB at once".formatted(verb, length), usage);
        }
        new MemoryDump(session, Path.of(words.get(0)), start, length, append).write();
        output.line("%d bytes from 0x%x %s %s", length, start, append ? "appended to" : "written to", words.get(0));
    }

    private static void value(Session session, String verb, String rest, boolean append, Output output) {
        Matcher words = VALUE.matcher(rest);
        if (!words.matches()) {
            throw new SessionException(
                    verb + ": which file, and which value?", new SessionFailure.Usage(verb + " value FILE EXPRESSION"));
        }
        byte[] bytes = session.evaluate(words.group(2)).bytes();
        Path file = Path.of(words.group(1));
        MemoryDump.write(file, bytes, append);
        output.line("%d bytes %s %s", bytes.length, append ? "appended to" : "written to", file);
    }

    private static Command restore() {
        return Command.named("restore")
                .topic(Topic.DATA)
                .usage(RESTORE_USAGE)
                .summary("write a file's bytes into the guest's memory")
                .help("""
                        START and END are offsets in the file: the bytes from START up to END go to ADDRESS + START, as gdb has it.
                        The file is taken as it is; objcopy makes a binary of ihex, srec and ELF.
                          restore head.bin binary $sp
                          restore page.bin binary 0xffff888000010000 16 32""")
                .completes(Completers.EXPRESSIONS)
                .runs(DumpVerbs::restore);
    }

    private static void restore(Session session, Arguments arguments, Output output) {
        List<String> words = new ArrayList<>(arguments.words());
        boolean isBinary = words.removeIf(word -> word.equals("binary"));
        if (words.size() < 2 || words.size() > 4) {
            throw new SessionException("restore: which file, and where to?", new SessionFailure.Usage(RESTORE_USAGE));
        }
        long address = session.evaluate(words.get(1)).bits();
        byte[] bytes = contents(Path.of(words.get(0)), isBinary);
        long from = words.size() > 2 ? session.evaluate(words.get(2)).bits() : 0;
        long to = words.size() > 3 ? Math.min(session.evaluate(words.get(3)).bits(), bytes.length) : bytes.length;
        if (from < 0 || from >= to) {
            throw new SessionException(
                    "restore: nothing lies from %d to %d in a file of %d bytes".formatted(from, to, bytes.length),
                    new SessionFailure.Usage(RESTORE_USAGE));
        }
        Stop stop = session.requireStop();
        for (long done = from; done < to; done += RESTORE_CHUNK_BYTES) {
            requireNoInterrupt(session, done - from, to - from, address + from);
            int end = (int) Math.min(to, done + RESTORE_CHUNK_BYTES);
            stop.write(address + done, Arrays.copyOfRange(bytes, (int) done, end));
        }
        output.line("%d bytes from %s written to 0x%x", to - from, words.get(0), address + from);
    }

    private static void requireNoInterrupt(Session session, long done, long all, long address) {
        try {
            session.checkInterrupt();
        } catch (SessionException e) {
            throw new SessionException(
                    "interrupted: %d of %d bytes are written, from 0x%x on".formatted(done, all, address),
                    e.failure(),
                    e);
        }
    }

    private static byte[] contents(Path file, boolean isBinary) {
        try {
            if (Files.size(file) > MOST_BYTES) {
                throw new SessionException(
                        "restore %s: more than 1 GiB".formatted(file), new SessionFailure.Io(file.toString()));
            }
            byte[] bytes = Files.readAllBytes(file);
            String start = new String(bytes, 0, Math.min(bytes.length, 600), StandardCharsets.ISO_8859_1);
            if (!isBinary && TEXT_FORMAT.matcher(start).matches()) {
                throw new SessionException(
                        "restore %s: that is ihex or srec; objcopy -O binary first, or say binary".formatted(file),
                        new SessionFailure.Unsupported("ihex"));
            }
            return bytes;
        } catch (IOException e) {
            throw new SessionException(
                    "restore %s: %s".formatted(file, Complaint.reason(e)), new SessionFailure.Io(file.toString()), e);
        }
    }
}
