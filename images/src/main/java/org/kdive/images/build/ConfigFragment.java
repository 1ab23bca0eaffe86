package org.kdive.images.build;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.kdive.images.KernelConfig;
import org.kdive.images.bytes.Bytes;

/** A few options that belong together, to be laid over a configuration. */
public enum ConfigFragment {
    /** Everything a debugger can use. */
    DEBUG,
    /** The kernel's own debugger, over a serial line. */
    KGDB,
    /** A directory of the host. */
    P9("9p"),
    /** The least that boots to a shell on QEMU's machines; laid over tinyconfig. */
    TINY;

    private final String word;

    ConfigFragment() {
        word = name().toLowerCase(Locale.ROOT);
    }

    ConfigFragment(String word) {
        this.word = word;
    }

    public String word() {
        return word;
    }

    public static Optional<ConfigFragment> find(String word) {
        for (ConfigFragment fragment : values()) {
            if (fragment.word.equals(word)) {
                return Optional.of(fragment);
            }
        }
        return Optional.empty();
    }

    /** Options and their values, {@code n} for off; the architecture's own after those of all. */
    Map<String, String> options(BuildTarget target) {
        Map<String, String> options = new LinkedHashMap<>(read(word + ".config").orElseThrow());
        read(word + "-" + target.word() + ".config").ifPresent(options::putAll);
        return options;
    }

    private static Optional<Map<String, String>> read(String file) {
        try (InputStream in = ConfigFragment.class.getResourceAsStream(file)) {
            return in == null
                    ? Optional.empty()
                    : Optional.of(
                            KernelConfig.read(Bytes.of(file, in.readAllBytes())).options());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A configuration's text with the options set, whatever it said of them before. */
    static String merge(String config, Map<String, String> options) {
        List<String> lines = new ArrayList<>();
        config.lines().filter(line -> !mentionsAny(line, options)).forEach(lines::add);
        options.forEach((name, value) -> lines.add(line(name, value)));
        return String.join("\n", lines) + "\n";
    }

    private static boolean mentionsAny(String line, Map<String, String> options) {
        int equals = line.indexOf('=');
        String set = equals < 0 ? "" : line.substring(0, equals);
        String unset = line.startsWith("# CONFIG_") ? line.substring(2).split(" ", 2)[0] : "";
        return options.containsKey(set) || options.containsKey(unset);
    }

    private static String line(String name, String value) {
        return value.equals("n") ? "# " + name + " is not set" : name + "=" + value;
    }

    /** Which of the options a configuration does not have as wanted, after make has made it consistent. */
    static Map<String, String> refused(KernelConfig config, Map<String, String> options) {
        Map<String, String> refused = new LinkedHashMap<>();
        options.forEach((name, wanted) -> {
            if (!config.value(name).orElse("n").equals(wanted)) {
                refused.put(name, wanted);
            }
        });
        return refused;
    }
}
