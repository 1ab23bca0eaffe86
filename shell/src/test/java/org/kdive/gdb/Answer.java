package org.kdive.gdb;

import java.util.List;
import java.util.Locale;

/** What a debugger said to a command, and whether that was a refusal. */
record Answer(String text, boolean refused) {
    /** The first two words of a refusal, which are what people search for. */
    String firstWords() {
        List<String> words = List.of(text.lines()
                .findFirst()
                .orElse("")
                .toLowerCase(Locale.ROOT)
                .replaceAll("[;.,]", "")
                .split(" "));
        return String.join(" ", words.subList(0, Math.min(2, words.size())));
    }

    Answer with(String otherText) {
        return new Answer(otherText, refused);
    }
}
