package org.kdive.cli;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Writer;

/**
 * Spells control characters as {@code \x1b}, so that what a kernel says of itself cannot speak to the terminal. Line ends
 * and tabs pass.
 */
final class VisibleWriter extends FilterWriter {
    private VisibleWriter(Writer out) {
        super(out);
    }

    /** What goes to a file or another program stays as it is. */
    static PrintWriter answer(PrintWriter out) {
        return answer(out, Terminals.OUT.present());
    }

    static PrintWriter answer(PrintWriter out, boolean isTerminal) {
        return isTerminal ? new PrintWriter(new VisibleWriter(out)) : out;
    }

    /** For one line: line ends and tabs are spelled too. */
    static String oneLine(String text) {
        StringBuilder visible = new StringBuilder(text.length());
        text.chars().forEach(c -> append(visible, c, Character.isISOControl(c)));
        return visible.toString();
    }

    private static void append(StringBuilder visible, int character, boolean isControl) {
        if (isControl) {
            visible.append("\\x%02x".formatted(character));
        } else {
            visible.append((char) character);
        }
    }

    @Override
    public void write(int character) throws IOException {
        write(new char[] {(char) character}, 0, 1);
    }

    @Override
    public void write(String text, int offset, int length) throws IOException {
        write(text.toCharArray(), offset, length);
    }

    @Override
    public void write(char[] text, int offset, int length) throws IOException {
        StringBuilder visible = new StringBuilder(length);
        for (int i = offset; i < offset + length; i++) {
            append(visible, text[i], Character.isISOControl(text[i]) && text[i] != '\n' && text[i] != '\t');
        }
        out.write(visible.toString());
    }
}
