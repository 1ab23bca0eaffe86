package org.kdive.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.regex.Pattern;

/** An answer for a program: one JSON value, indented, and a line end. */
final class Json {
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

    // Jackson spells those below; a terminal takes these for commands too. ECMA-48, C1 set.
    private static final Pattern C1 = Pattern.compile("[\u007f-\u009f]");

    private Json() {}

    static void print(PrintWriter out, Body body) {
        out.println(text(body));
    }

    static String text(Body body) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text).useDefaultPrettyPrinter()) {
            body.write(json);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return C1.matcher(text.toString())
                .replaceAll(c -> "\\\\u%04x".formatted((int) c.group().charAt(0)));
    }
}
