package org.kdive.command;

import java.io.PrintWriter;
import java.io.StringWriter;

/** Where an error came from, for {@code --trace}. */
public final class Traces {
    private Traces() {}

    public static String of(Throwable thrown) {
        StringWriter text = new StringWriter();
        thrown.printStackTrace(new PrintWriter(text));
        return text.toString().stripTrailing();
    }
}
