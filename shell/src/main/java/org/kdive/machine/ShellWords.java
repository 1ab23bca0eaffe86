package org.kdive.machine;

import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** How to write an argument vector so that a POSIX shell reads the same one back. For eyes and clipboards only. */
final class ShellWords {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private ShellWords() {}

    static String quote(List<String> words) {
        return words.stream().map(ShellWords::quote).collect(Collectors.joining(" "));
    }

    private static String quote(String word) {
        // POSIX 2.2.2: nothing is special inside single quotes but the quote itself.
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
