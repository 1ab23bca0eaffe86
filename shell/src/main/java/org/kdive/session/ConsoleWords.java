package org.kdive.session;

import java.util.List;
import java.util.Optional;

/** What a kernel's command line says of consoles. Documentation/admin-guide/serial-console.rst. */
final class ConsoleWords {
    private static final String CONSOLE = "console=";

    private ConsoleWords() {}

    /**
     * What to say of words that send the first process's output elsewhere: the last console= decides where that goes, the
     * kernel's own messages go to all of them. Empty when there is nothing to say.
     *
     * @param appended what the user has put behind kdive's own
     * @param shown the device that kdive shows
     */
    static Optional<String> remark(List<String> appended, String shown) {
        return appended.stream()
                .flatMap(words -> List.of(words.split("\\s+")).stream())
                .filter(word -> word.startsWith(CONSOLE))
                .reduce((earlier, later) -> later)
                .filter(word ->
                        !word.substring(CONSOLE.length()).split(",", 2)[0].equals(shown))
                .map(word ->
                        "%s is the last console: the first process and its shell speak there, and not on the line that is shown here; append %s%s behind it to have them"
                                .formatted(word, CONSOLE, shown));
    }
}
