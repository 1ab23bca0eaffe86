package org.kdive.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The last lines of a stream. One thread drains; any may look. */
final class StderrTail {
    private static final int LINES = 40;
    private static final int LINE_CHARACTERS = 2000;

    private volatile List<String> lines = List.of(); // written by the thread that drains, replaced whole

    /** Reads to the end; returns then, or when the stream fails. */
    void drain(InputStream in) {
        try (BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
            StringBuilder line = new StringBuilder();
            for (int c = reader.read(); c >= 0; c = reader.read()) {
                if (c == '\n') {
                    add(line.toString().stripTrailing());
                    line.setLength(0);
                } else if (line.length() < LINE_CHARACTERS) {
                    line.append((char) c);
                }
            }
            if (!line.isEmpty()) {
                add(line.toString());
            }
        } catch (IOException e) {
            add("(its standard error could not be read: " + e.getMessage() + ")");
        }
    }

    private void add(String line) {
        List<String> all = Stream.concat(lines.stream(), Stream.of(line)).toList();
        lines = List.copyOf(all.subList(Math.max(0, all.size() - LINES), all.size()));
    }

    List<String> lines() {
        return lines;
    }
}
