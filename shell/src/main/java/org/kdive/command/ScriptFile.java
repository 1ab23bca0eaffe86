package org.kdive.command;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/**
 * A file in the command language, read whole.
 *
 * @param name as the user wrote it, for messages
 */
public record ScriptFile(String name, List<Line> lines) {
    private static final long LONGEST_BYTES = 16 << 20;

    /**
     * One command. A line that ends in a backslash goes on in the next, as in gdb.
     *
     * @param number where it begins, from 1
     */
    public record Line(int number, String text) {}

    public ScriptFile {
        lines = List.copyOf(lines);
    }

    /** Throws {@code Io} for what cannot be read as UTF-8 text. */
    public static ScriptFile read(String name) {
        Path path = Path.of(name.startsWith("~/") ? System.getProperty("user.home") + name.substring(1) : name);
        try {
            if (Files.isRegularFile(path) && Files.size(path) > LONGEST_BYTES) {
                throw unreadable(name, "longer than 16 MiB", null);
            }
            byte[] bytes;
            try (var in = Files.newInputStream(path)) {
                bytes = in.readNBytes((int) LONGEST_BYTES); // a pipe has no size to ask for
            }
            String text = StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
            return new ScriptFile(name, split(text));
        } catch (CharacterCodingException e) {
            throw unreadable(name, "not UTF-8 text", e);
        } catch (NoSuchFileException e) {
            throw unreadable(name, "no such file", e);
        } catch (IOException e) {
            throw unreadable(name, Files.isDirectory(path) ? "a directory" : String.valueOf(e.getMessage()), e);
        }
    }

    static List<Line> split(String text) {
        List<Line> lines = new ArrayList<>();
        StringBuilder whole = new StringBuilder();
        int number = 0;
        int begun = 1;
        for (String line : (text.startsWith("\uFEFF") ? text.substring(1) : text).split("\r?\n", -1)) {
            number++;
            if (whole.length() == 0) {
                begun = number;
            }
            if (line.endsWith("\\") && !line.endsWith("\\\\")) {
                whole.append(line, 0, line.length() - 1);
                continue;
            }
            lines.add(new Line(begun, whole.append(line).toString()));
            whole.setLength(0);
        }
        if (whole.length() > 0) {
            lines.add(new Line(begun, whole.toString()));
        }
        return lines;
    }

    /**
     * The lines put together to commands, each with the number of its first line. Throws Usage when the end of a block is
     * missing.
     */
    public List<Line> commands(BlockReader reader) {
        List<Line> commands = new ArrayList<>();
        int begun = 0;
        for (Line line : lines) {
            begun = reader.depth() == 0 ? line.number() : begun;
            int number = begun;
            reader.add(line.text()).ifPresent(command -> commands.add(new Line(number, command)));
        }
        if (reader.depth() > 0) {
            String opening = reader.unfinished().orElse("").strip();
            throw new SessionException(
                    "%s:%d: %s: the file ends before its end".formatted(name, begun, opening),
                    new SessionFailure.Usage("end"));
        }
        return commands;
    }

    /** What a failed command of this file says. */
    public String blame(Line line, Complaint complaint) {
        String first = line.text().lines().findFirst().orElse("");
        return "%s:%d: %s: %s".formatted(name, line.number(), first.strip(), complaint.text());
    }

    private static SessionException unreadable(
            String name, String why, @org.jspecify.annotations.Nullable Throwable e) {
        return new SessionException("read %s: %s".formatted(name, why), new SessionFailure.Io(name), e);
    }
}
