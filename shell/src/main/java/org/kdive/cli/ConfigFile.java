package org.kdive.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.toml.TomlMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/**
 * The prompt's options from one session to the next: {@code config.toml} in the XDG configuration directory. An option of two
 * words is a key in a table of its first.
 */
final class ConfigFile {
    private static final long LONGEST_BYTES = 1 << 20;

    private final Path file;

    private ConfigFile(Path file) {
        this.file = file;
    }

    static ConfigFile of(Map<String, String> environment, String home) {
        String configured = environment.getOrDefault("XDG_CONFIG_HOME", "");
        // XDG Base Directory Specification: a relative path is invalid and to be ignored
        Path base = configured.startsWith("/") ? Path.of(configured) : Path.of(home, ".config");
        return new ConfigFile(base.resolve("kdive").resolve("config.toml"));
    }

    /** Options by name; none where there is no file. Throws Io for one that cannot be read, with its line. */
    Map<String, String> read() {
        Map<String, String> options = new LinkedHashMap<>();
        if (!Files.isRegularFile(file)) {
            return options;
        }
        try {
            if (Files.size(file) > LONGEST_BYTES) {
                throw new IOException("longer than 1 MiB");
            }
            collect("", new TomlMapper().readTree(file.toFile()), options);
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : ":" + e.getLocation().getLineNr();
            throw failed("read " + file + where + ": " + e.getOriginalMessage(), e);
        } catch (IOException e) {
            throw failed("read " + file + ": " + e.getMessage(), e);
        }
        return options;
    }

    private static void collect(String before, JsonNode table, Map<String, String> options) {
        table.properties().forEach(entry -> {
            String name = before + entry.getKey();
            if (entry.getValue().isObject()) {
                collect(name + " ", entry.getValue(), options);
            } else {
                options.put(name, word(entry.getValue()));
            }
        });
    }

    private static String word(JsonNode value) {
        return value.isBoolean() ? value.booleanValue() ? "on" : "off" : value.asText();
    }

    /** Takes the place of what was there, all at once. */
    void write(Map<String, String> options) {
        TomlMapper toml = new TomlMapper();
        ObjectNode root = toml.createObjectNode();
        options.forEach((name, value) -> {
            int space = name.indexOf(' ');
            ObjectNode table = space < 0 ? root : root.withObjectProperty(name.substring(0, space));
            table.put(name.substring(space + 1), value);
        });
        try {
            Files.createDirectories(file.getParent());
            Path written = Files.createTempFile(file.getParent(), "config", ".toml");
            try {
                Files.writeString(written, toml.writeValueAsString(root));
                Files.move(written, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(written);
            }
        } catch (IOException e) {
            throw failed("write " + file + ": " + e.getMessage(), e);
        }
    }

    private SessionException failed(String why, Throwable cause) {
        return new SessionException(why, new SessionFailure.Io(file.toString()), cause);
    }
}
