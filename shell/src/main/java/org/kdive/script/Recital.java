package org.kdive.script;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.kdive.command.Interpreter;
import org.kdive.command.Output;

/** A script that is shown while it runs: its comments as prose, each command as if typed. */
public final class Recital {
    private static final String PROMPT = "(kdive) ";
    private static final String HAND_OVER = "#--";

    private final List<String> lines;

    private Recital(List<String> lines) {
        this.lines = lines;
    }

    /** The demonstration. {@code {directory}} in it becomes a directory that the user need not keep. */
    public static Recital demo(Path directory) {
        try (InputStream in = Recital.class.getResourceAsStream("demo.kdive")) {
            if (in == null) {
                throw new IllegalStateException("demo.kdive is not on the class path");
            }
            String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            return new Recital(
                    text.replace("{directory}", directory.toString()).lines().toList());
        } catch (IOException e) {
            throw new IllegalStateException("demo.kdive cannot be read", e);
        }
    }

    /** The part before the place where a person takes over; the whole if there is no such place. */
    public Recital opening() {
        for (int i = 0; i < lines.size(); i++) {
            if (lines.get(i).startsWith(HAND_OVER)) {
                return new Recital(lines.subList(0, i));
            }
        }
        return this;
    }

    /** Runs line by line; throws what the first failing command threw. */
    public void perform(Interpreter interpreter, Output output) {
        for (String line : lines) {
            if (line.isBlank()) {
                output.line("");
            } else if (line.startsWith("#")) {
                if (!line.startsWith(HAND_OVER)) {
                    output.line("%s", output.styled(Output.Style.DIM, line));
                }
            } else {
                output.line("%s", output.styled(Output.Style.HEADING, PROMPT + line));
                interpreter.execute(line, output);
            }
        }
    }
}
