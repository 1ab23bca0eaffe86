package org.kdive.command;

/** Output kept as text: the answer and the talk apart. */
public final class RecordingOutput implements Output {
    private final StringBuilder answer = new StringBuilder();
    private final StringBuilder talk = new StringBuilder();

    @Override
    public void line(String text) {
        answer.append(text).append('\n');
    }

    @Override
    public void text(String text) {
        answer.append(text);
    }

    @Override
    public void note(String text) {
        talk.append(text).append('\n');
    }

    public String answer() {
        return answer.toString();
    }

    public String talk() {
        return talk.toString();
    }
}
