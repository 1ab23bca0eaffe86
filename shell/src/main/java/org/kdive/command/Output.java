package org.kdive.command;

/** Where a command's words go. The answer and the talk are two streams: scripts read the one and people both. */
public interface Output {

    /** What a piece of text is; a front end chooses the colour, or none. */
    enum Style {
        ADDRESS,
        SYMBOL,
        REGISTER,
        CHANGED,
        MNEMONIC,
        HEADING,
        DIM,
        GOOD,
        BAD
    }

    /** One line of the answer, without its line end. */
    void line(String text);

    default void line(String format, Object... arguments) {
        line(format.formatted(arguments));
    }

    /** A piece of the answer as it is: {@code printf} and {@code echo} end no line. */
    void text(String text);

    /** One line of talk: progress, hints, what kdive did by itself. */
    void note(String text);

    /** The text as the front end shows this style; unchanged where there is no colour. */
    default String styled(Style style, String text) {
        return text;
    }

    /** Columns to draw in; 80 when nobody knows. */
    default int width() {
        return 80;
    }
}
