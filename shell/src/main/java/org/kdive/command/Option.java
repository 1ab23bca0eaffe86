package org.kdive.command;

import java.util.function.BiConsumer;
import java.util.function.Function;
import org.kdive.session.Session;

/**
 * One thing of the language that the user chooses.
 *
 * @param name one word or two: {@code print pretty}
 * @param values what may stand behind it, for its usage
 * @param set throws Usage for a value that is none
 * @param shown the present value, as {@code set} takes it
 */
record Option(
        String name, String values, String summary, BiConsumer<Session, String> set, Function<Session, String> shown) {
    String group() {
        int space = name.indexOf(' ');
        return space < 0 ? "" : name.substring(0, space);
    }

    String word() {
        return name.substring(name.indexOf(' ') + 1);
    }
}
