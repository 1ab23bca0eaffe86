package org.kdive.script;

import org.kdive.command.Output;

/** Passes everything on and keeps the answer of one line, as much of it as a report can use. */
final class RecordedOutput implements Output {
    private static final int MOST_CHARACTERS = 64 << 10;

    private final Output output;
    private final StringBuilder answer = new StringBuilder();

    RecordedOutput(Output output) {
        this.output = output;
    }

    String answer() {
        return answer.toString();
    }

    private void keep(String text) {
        answer.append(text, 0, Math.min(text.length(), MOST_CHARACTERS - Math.min(MOST_CHARACTERS, answer.length())));
    }

    @Override
    public void line(String text) {
        keep(text + "\n");
        output.line(text);
    }

    @Override
    public void text(String text) {
        keep(text);
        output.text(text);
    }

    @Override
    public void note(String text) {
        output.note(text);
    }

    @Override
    public String styled(Style style, String text) {
        return output.styled(style, text);
    }

    @Override
    public int width() {
        return output.width();
    }
}
