package org.kdive.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;

/** An answer for a program: one JSON value, indented, and a line end. */
final class Json {
    interface Body {
        void write(JsonGenerator json) throws IOException;
    }

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
        return text.toString();
    }
}
