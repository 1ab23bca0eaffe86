package org.kdive.repl;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Where an error came from, for {@code --trace}. */
final class Traces {
    private Traces() {}

    static String of(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }
}
