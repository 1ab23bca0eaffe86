package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What stands after the verb, raw, and the ways to look at it. gdb's slash belongs to the verb: {@code x/4i $pc} has verb
 * {@code x}, format {@code 4i} and tail {@code $pc}.
 *
 * @param verb as typed, without the slash
 * @param format what follows the slash, empty if there is none
 * @param tail the rest of the first line, stripped
 * @param body the lines up to the {@code end} of a verb that takes a block; empty for the others
 */
public record Arguments(String verb, String format, String tail, List<String> body) {

    public Arguments {
        body = List.copyOf(body);
    }

    Arguments(String verb, String format, String tail) {
        this(verb, format, tail, List.of());
    }

    /** Splits a command, whose further lines are its body. The verb ends at white space, at a slash, or where letters end before {@code $ * ( " &}. */
    public static Arguments parse(String text) {
        int lineEnd = text.indexOf('\n');
        if (lineEnd < 0) {
            return typed(text.strip());
        }
        Arguments first = typed(text.substring(0, lineEnd).strip());
        List<String> body = text.substring(lineEnd + 1).lines().toList();
        return new Arguments(first.verb, first.format, first.tail, body);
    }

    /** The same for a line that is not finished: white space at its end stays, so that {@link #lastWord} is empty after it. */
    static Arguments typed(String line) {
        String text = line.stripLeading();
        int end = 0;
        while (end < text.length() && isVerbPart(text.charAt(end))) {
            end++;
        }
        if (end == 0 && !text.isEmpty()) {
            end = 1; // "!" and "?" are verbs of one character
        }
        String verb = text.substring(0, end);
        String rest = text.substring(end);
        if (rest.startsWith("/")) {
            int stop = 1;
            while (stop < rest.length() && !Character.isWhitespace(rest.charAt(stop))) {
                stop++;
            }
            return new Arguments(
                    verb, rest.substring(1, stop), rest.substring(stop).stripLeading());
        }
        return new Arguments(verb, "", rest.stripLeading());
    }

    /** For a verb that takes a format: as gdb does, it may stand apart from the verb, {@code print /x 10}. */
    Arguments withFormatApart() {
        if (!format.isEmpty() || !tail.startsWith("/")) {
            return this;
        }
        Arguments apart = typed(verb + tail);
        return new Arguments(apart.verb, apart.format, apart.tail, body);
    }

    private static boolean isVerbPart(char c) {
        return Character.isLetterOrDigit(c) || c == '-' || c == '_';
    }

    public boolean isEmpty() {
        return tail.isEmpty();
    }

    /** The tail split at white space; a word in single or double quotes keeps its spaces and loses the quotes. */
    public List<String> words() {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        char quote = 0;
        boolean open = false;
        for (int i = 0; i < tail.length(); i++) {
            char c = tail.charAt(i);
            if (quote != 0) {
                if (c == quote) {
                    quote = 0;
                } else {
                    word.append(c);
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
                open = true;
            } else if (Character.isWhitespace(c)) {
                if (open || word.length() > 0) {
                    words.add(word.toString());
                }
                word.setLength(0);
                open = false;
            } else {
                word.append(c);
            }
        }
        if (open || word.length() > 0) {
            words.add(word.toString());
        }
        return words;
    }

    public Optional<String> word(int index) {
        List<String> words = words();
        return index < words.size() ? Optional.of(words.get(index)) : Optional.empty();
    }

    /** The raw tail after its first word, stripped; with its own verb and format, so that sub-commands nest. */
    public Arguments shift() {
        Arguments rest = typed(tail);
        return new Arguments(rest.verb, rest.format, rest.tail, body);
    }

    /** The last word typed so far, empty after a space: what completion replaces. */
    public String lastWord() {
        int space = Math.max(tail.lastIndexOf(' '), tail.lastIndexOf('\t'));
        return tail.substring(space + 1);
    }
}
