package org.kdive.images.fetch;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One paragraph of {@code Field: value} lines, deb822(5), as apt prints packages. */
record Stanza(Map<String, String> fields) {
    Stanza {
        fields = Map.copyOf(fields);
    }

    /** The first line of the field's value; empty if there is none. */
    String field(String name) {
        return fields.getOrDefault(name, "");
    }

    static List<Stanza> parseAll(String text) {
        List<Stanza> stanzas = new ArrayList<>();
        Map<String, String> fields = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            if (line.isBlank()) {
                if (!fields.isEmpty()) {
                    stanzas.add(new Stanza(fields));
                }
                fields.clear();
                continue;
            }
            int colon = line.indexOf(':');
            // A line that begins with a space continues a description; nothing here needs those.
            if (colon > 0 && !Character.isWhitespace(line.charAt(0))) {
                fields.put(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        if (!fields.isEmpty()) {
            stanzas.add(new Stanza(fields));
        }
        return stanzas;
    }

    /** {@code NAME=value} lines with optional quotes, os-release(5). */
    static Map<String, String> assignments(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text.split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0 && !line.startsWith("#")) {
                values.put(
                        line.substring(0, equals),
                        line.substring(equals + 1).strip().replaceAll("^[\"']|[\"']$", ""));
            }
        }
        return values;
    }
}
