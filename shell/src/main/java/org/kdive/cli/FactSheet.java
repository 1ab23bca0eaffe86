package org.kdive.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Named values in their order: printed as a table for a person, or as one JSON object for a program. */
final class FactSheet {
    /** @param shown for a person; {@code value} for a program is a String, a Long or a Boolean */
    private record Fact(Object value, String shown) {}

    private final Map<String, Fact> facts = new LinkedHashMap<>();

    FactSheet add(String name, String value) {
        facts.put(name, new Fact(value, VisibleWriter.oneLine(value)));
        return this;
    }

    /** Left out where there is none. */
    FactSheet add(String name, Optional<String> value) {
        value.ifPresent(present -> add(name, present));
        return this;
    }

    FactSheet add(String name, boolean value) {
        facts.put(name, new Fact(value, value ? "yes" : "no"));
        return this;
    }

    FactSheet addCount(String name, long value) {
        facts.put(name, new Fact(value, String.format(Locale.ROOT, "%,d", value)));
        return this;
    }

    FactSheet addBytes(String name, long bytes) {
        facts.put(name, new Fact(bytes, Amounts.bytes(bytes)));
        return this;
    }

    /** In hexadecimal for both: JSON's numbers lose the low bits of an address in many readers. */
    FactSheet addAddress(String name, long address) {
        return add(name, "0x%x".formatted(address));
    }

    void print(PrintWriter out, boolean json) {
        if (json) {
            out.println(json());
        } else {
            int width = facts.keySet().stream().mapToInt(String::length).max().orElse(0);
            facts.forEach((name, fact) -> out.printf("%-" + (width + 2) + "s%s%n", name, fact.shown()));
        }
    }

    private String json() {
        return Json.text(json -> {
            json.writeStartObject();
            for (Map.Entry<String, Fact> entry : facts.entrySet()) {
                json.writeFieldName(key(entry.getKey()));
                write(json, entry.getValue().value());
            }
            json.writeEndObject();
        });
    }

    /** "types (BTF)" is for a person; a program asks for {@code types_btf}. */
    private static String key(String name) {
        return name.toLowerCase(Locale.ROOT)
                .replaceAll("[()]", "")
                .replace(' ', '_')
                .replace('-', '_');
    }

    private static void write(JsonGenerator json, Object value) throws IOException {
        if (value instanceof Long number) {
            json.writeNumber(number);
        } else if (value instanceof Boolean truth) {
            json.writeBoolean(truth);
        } else {
            json.writeString(value.toString());
        }
    }
}
