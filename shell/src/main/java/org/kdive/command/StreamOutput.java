package org.kdive.command;

import java.io.PrintStream;

/** Output to the process's two streams: the answer to one, the talk to the other. Any thread. */
public final class StreamOutput implements Output {
    private final PrintStream answer;
    private final PrintStream talk;
    private final boolean colour;

    public StreamOutput(PrintStream answer, PrintStream talk, boolean colour) {
        this.answer = answer;
        this.talk = talk;
        this.colour = colour;
    }

    @Override
    public void line(String text) {
        answer.println(text);
    }

    @Override
    public void text(String text) {
        answer.print(text);
        answer.flush();
    }

    @Override
    public void note(String text) {
        talk.println(text);
    }

    @Override
    public String styled(Style style, String text) {
        return colour ? Palette.paint(style, text) : text;
    }
}
