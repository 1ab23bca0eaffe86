package org.kdive.qmp.wire;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamWriteConstraints;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.qmp.QmpValue;

/** JSON text to and from {@link QmpValue}. Safe from any thread. */
public final class QmpJson {
    // A backing chain nests its images; QEMU's own parser stops at 1024 (qobject/json-streamer.c, MAX_NESTING). Reading
    // recurses, so there has to be a bound, and what can be read can be written.
    private static final int DEEPEST = 1024;

    private static final JsonFactory JSON = JsonFactory.builder()
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(DEEPEST)
                    .maxStringLength(QmpFrameDecoder.MAX_MESSAGE_BYTES)
                    .build())
            .streamWriteConstraints(
                    StreamWriteConstraints.builder().maxNestingDepth(DEEPEST).build())
            .build();

    private QmpJson() {}

    /** Exactly one value, and nothing after it. */
    public static QmpValue parse(String json) {
        try (JsonParser parser = JSON.createParser(json)) {
            return parseWhole(parser);
        } catch (IOException | NumberFormatException broken) {
            throw malformed(broken, json);
        }
    }

    static QmpValue parse(byte[] utf8) {
        try (JsonParser parser = JSON.createParser(utf8)) {
            return parseWhole(parser);
        } catch (IOException | NumberFormatException broken) {
            throw malformed(broken, Garbage.printable(utf8));
        }
    }

    public static String write(QmpValue value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            write(generator, value);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    public static String writePretty(QmpValue value) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = JSON.createGenerator(text)) {
            DefaultIndenter lines = new DefaultIndenter("  ", "\n");
            generator.setPrettyPrinter(
                    new DefaultPrettyPrinter().withArrayIndenter(lines).withObjectIndenter(lines));
            write(generator, value);
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }

    private static QmpValue parseWhole(JsonParser parser) throws IOException {
        if (parser.nextToken() == null) {
            throw new QmpException(new QmpFailure.Mismatch("JSON", "nothing"));
        }
        QmpValue value = parseValue(parser);
        if (parser.nextToken() != null) {
            throw new QmpException(new QmpFailure.Mismatch("one JSON value", "more after it"));
        }
        return value;
    }

    private static QmpValue parseValue(JsonParser parser) throws IOException {
        JsonToken token = parser.currentToken();
        if (token.isNumeric()) {
            return new QmpValue.Decimal(parser.getDecimalValue());
        }
        if (token.isBoolean()) {
            return new QmpValue.Flag(parser.getBooleanValue());
        }
        if (token == JsonToken.START_OBJECT) {
            return parseMembers(parser);
        }
        if (token == JsonToken.START_ARRAY) {
            return parseItems(parser);
        }
        return token == JsonToken.VALUE_NULL ? new QmpValue.Null() : new QmpValue.Text(parser.getText());
    }

    private static QmpValue parseMembers(JsonParser parser) throws IOException {
        Map<String, QmpValue> members = new LinkedHashMap<>();
        for (String name = parser.nextFieldName(); name != null; name = parser.nextFieldName()) {
            parser.nextToken();
            members.put(name, parseValue(parser));
        }
        return new QmpValue.Members(members);
    }

    private static QmpValue parseItems(JsonParser parser) throws IOException {
        List<QmpValue> items = new ArrayList<>();
        while (parser.nextToken() != JsonToken.END_ARRAY) {
            items.add(parseValue(parser));
        }
        return new QmpValue.Items(items);
    }

    private static void write(JsonGenerator generator, QmpValue value) throws IOException {
        if (value instanceof QmpValue.Members object) {
            generator.writeStartObject();
            for (Map.Entry<String, QmpValue> member : object.map().entrySet()) {
                generator.writeFieldName(member.getKey());
                write(generator, member.getValue());
            }
            generator.writeEndObject();
        } else if (value instanceof QmpValue.Items array) {
            generator.writeStartArray();
            for (QmpValue item : array.list()) {
                write(generator, item);
            }
            generator.writeEndArray();
        } else if (value instanceof QmpValue.Text text) {
            generator.writeString(text.text());
        } else if (value instanceof QmpValue.Decimal number) {
            generator.writeNumber(number.decimal());
        } else if (value instanceof QmpValue.Flag flag) {
            generator.writeBoolean(flag.flag());
        } else {
            generator.writeNull();
        }
    }

    // NumberFormatException: an exponent that no BigDecimal has, as in 1e99999999999.
    private static QmpException malformed(Exception broken, String got) {
        String why = broken instanceof JsonProcessingException json ? json.getOriginalMessage() : broken.getMessage();
        return new QmpException(new QmpFailure.Mismatch("JSON (" + why + ")", got), broken);
    }
}
