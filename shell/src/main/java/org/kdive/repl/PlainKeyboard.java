package org.kdive.repl;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Lines as they come, edited by nobody or by the terminal driver: pipes, files, TERM=dumb. */
final class PlainKeyboard implements Keyboard {
    private final BufferedReader lines;
    private final Screen screen;
    private final boolean prompts;

    PlainKeyboard(InputStream input, Screen screen, boolean prompts) {
        // An InputStreamReader puts U+FFFD where bytes are not UTF-8, so that they end as an unknown word, not as a
        // crash.
        this.lines = new BufferedReader(new InputStreamReader(input, StandardCharsets.UTF_8));
        this.screen = screen;
        this.prompts = prompts;
    }

    @Override
    public Typed read(String prompt) {
        if (prompts) {
            screen.text(prompt);
        }
        screen.drain();
        try {
            String line = lines.readLine();
            return line == null ? new Typed.End() : new Typed.Text(line);
        } catch (IOException e) {
            return new Typed.End(); // a terminal that hung up has said all it will
        }
    }

    @Override
    public List<String> history() {
        return List.of();
    }

    @Override
    public boolean passThrough(ConsoleLine guest, BooleanSupplier over, Screen screen) {
        return false;
    }

    @Override
    public void close() {}
}
