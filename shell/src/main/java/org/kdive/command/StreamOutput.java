package org.kdive.command;

import java.io.PrintWriter;

/** Output to the process's two streams: the answer to one, the talk to the other. Any thread. */
public final class StreamOutput implements Output {
    private final PrintWriter answer;
    private final PrintWriter talk;
    private final boolean colour;

    public StreamOutput(PrintWriter answer, PrintWriter talk, boolean colour) {
        this.answer = answer;
        this.talk = talk;
        this.colour = colour;
    }

    @Override
    public void line(String text) {
        answer.println(text);
        answer.flush();
    }

    @Override
    public void text(String text) {
        answer.print(text);
        answer.flush();
    }

    @Override
    public void note(String text) {
        talk.println(text);
        talk.flush();
    }

    @Override
    public String styled(Style style, String text) {
        return colour ? Palette.paint(style, text) : text;
    }
}
