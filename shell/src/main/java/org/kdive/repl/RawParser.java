package org.kdive.repl;

import java.util.ArrayList;
import java.util.List;
import org.jline.reader.CompletingParsedLine;
import org.jline.reader.Parser;

/** Words end at white space and nothing else means anything: quotes, backslashes and {@code >} belong to the commands. */
final class RawParser implements Parser {

    /** One line cut for completion. */
    record Cut(String line, int cursor, List<String> words, int wordIndex, int wordCursor)
            implements CompletingParsedLine {
        @Override
        public String word() {
            return words.get(wordIndex);
        }

        @Override
        public CharSequence escape(CharSequence candidate, boolean complete) {
            return candidate;
        }

        @Override
        public int rawWordCursor() {
            return wordCursor;
        }

        @Override
        public int rawWordLength() {
            return word().length();
        }
    }

    @Override
    public Cut parse(String line, int cursor, ParseContext context) {
        List<String> words = new ArrayList<>();
        int index = -1;
        int wordCursor = 0;
        int start = 0;
        for (int i = 0; i <= line.length(); i++) {
            if (i < line.length() && !Character.isWhitespace(line.charAt(i))) {
                continue;
            }
            if (index < 0 && cursor <= i) {
                index = words.size();
                wordCursor = cursor - start;
                words.add(line.substring(start, i)); // may be empty: the cursor stands after a space
            } else if (i > start) {
                words.add(line.substring(start, i));
            }
            start = i + 1;
        }
        return new Cut(line, cursor, List.copyOf(words), index, wordCursor);
    }
}
