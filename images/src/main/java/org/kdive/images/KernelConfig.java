package org.kdive.images;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.Decompressor;

/**
 * What a kernel was configured to be: its {@code .config}. From inside the kernel if it was built with CONFIG_IKCONFIG
 * (kernel/configs.c: gzip between the marks IKCFG_ST and IKCFG_ED), else from the file that distributions and build
 * trees keep beside it. Immutable; any thread.
 */
public final class KernelConfig {
    private static final byte[] START = "IKCFG_ST\u001f\u008b".getBytes(StandardCharsets.ISO_8859_1);
    private static final byte[] END = "IKCFG_ED".getBytes(StandardCharsets.ISO_8859_1);
    private static final int MARK_BYTES = 8;
    private static final int MAX_BYTES = 16 << 20; // a distribution's has 300 KB
    private static final Pattern SET = Pattern.compile("(CONFIG_\\w+)=(.*)");
    private static final Pattern UNSET = Pattern.compile("# (CONFIG_\\w+) is not set");
    private static final Pattern NAME = Pattern.compile("CONFIG_\\w+");
    private static final Pattern ANY = Pattern.compile("(?m)^(?:" + SET + "|" + UNSET + ")$");
    private static final Pattern KERNEL_FILE =
            Pattern.compile("(?:vmlinu[xz]|bzImage|zImage|uImage|Image)(?:\\.\\w+)??(-.*)");
    private static final String PREFIX = "CONFIG_";

    private final String source;
    private final String text;
    private final Lazy<Map<String, String>> options;

    private KernelConfig(String source, String text) {
        this.source = source;
        this.text = text;
        this.options = new Lazy<>(() -> everyOption(text));
    }

    private static Map<String, String> everyOption(String text) {
        Map<String, String> found = new LinkedHashMap<>();
        text.lines().forEach(line -> {
            Matcher set = SET.matcher(line);
            Matcher unset = UNSET.matcher(line);
            if (set.matches()) {
                found.put(set.group(1), set.group(2));
            } else if (unset.matches()) {
                found.put(unset.group(1), "n");
            }
        });
        return Collections.unmodifiableMap(found);
    }

    /** A configuration as a file. Throws if there is not one option in it. */
    public static KernelConfig read(Bytes file) {
        String text = file.textAt(0, file.size());
        if (!ANY.matcher(text).find()) {
            throw file.malformedAt(0, "no CONFIG_ option in it");
        }
        return new KernelConfig(file.source(), text);
    }

    /** From inside the kernel, else from beside its file; empty if neither has it. Unpacks the kernel. */
    public static Optional<KernelConfig> of(KernelImage kernel) {
        return inside(kernel).or(() -> fileBeside(kernel.source()).map(file -> read(Bytes.ofFile(file, MAX_BYTES))));
    }

    /** Whether there is one inside the kernel; it is not read. */
    static boolean isInside(KernelImage kernel) {
        return holder(kernel).find(START, 0).isPresent();
    }

    /** kernel/configs.c puts it into the read-only data; a kernel without sections is searched as a whole. */
    private static Bytes holder(KernelImage kernel) {
        return kernel.sectionBytes(".rodata").filter(bytes -> bytes.size() > 0).orElseGet(kernel::payload);
    }

    /** Only from inside the kernel. */
    public static Optional<KernelConfig> inside(KernelImage kernel) {
        Bytes payload = holder(kernel);
        OptionalInt start = payload.find(START, 0);
        if (start.isEmpty()) {
            return Optional.empty();
        }
        int from = start.getAsInt() + MARK_BYTES;
        int end = payload.find(END, from).orElse(payload.size());
        Bytes packed = payload.slice(from, end - from).named("configuration in " + kernel.source());
        return Optional.of(read(Decompressor.unpack(Compression.GZIP, packed, OptionalLong.empty())));
    }

    /** {@code config-6.1.0-9-amd64} beside {@code vmlinuz-6.1.0-9-amd64}, {@code .config} above {@code arch/x86/boot/bzImage}. */
    static Optional<Path> fileBeside(String kernel) {
        try {
            Path file = Path.of(kernel).toAbsolutePath();
            Matcher name = KERNEL_FILE.matcher(String.valueOf(file.getFileName()));
            Stream<Path> beside =
                    name.matches() ? Stream.of(file.resolveSibling("config" + name.group(1))) : Stream.of();
            int depth = file.getNameCount();
            boolean isBuilt = depth > 4
                    && file.getName(depth - 2).toString().equals("boot")
                    && file.getName(depth - 4).toString().equals("arch");
            Stream<Path> above = Stream.of(isBuilt ? "../../../.config" : ".config")
                    .filter(any -> isBuilt || file.endsWith("vmlinux"))
                    .map(relative -> file.resolveSibling(relative).normalize());
            return Stream.concat(beside, above).filter(Files::isReadable).findFirst();
        } catch (InvalidPathException e) {
            return Optional.empty(); // a kernel that never was a file
        }
    }

    /** Where it came from, for messages. */
    public String source() {
        return source;
    }

    /** As it was written, comments and all. */
    public String text() {
        return text;
    }

    /** Every option that is mentioned, in its order; {@code n} for one that "is not set". Strings keep their quotes. */
    public Map<String, String> options() {
        return options.value();
    }

    /** With or without {@code CONFIG_}; empty if not mentioned, because what it depends on is off or it does not exist. */
    public Optional<String> value(String option) {
        String name = fullName(option);
        if (!NAME.matcher(name).matches()) {
            return Optional.empty();
        }
        int set = lastLine(name + "=", "");
        int unset = lastLine("# " + name, " is not set");
        if (set < 0 && unset < 0) {
            return Optional.empty();
        }
        return Optional.of(set < unset ? "n" : lineAt(set).substring(name.length() + 1));
    }

    // reading all ten thousand options takes a cold virtual machine 50 ms, and a launch asks for two
    private int lastLine(String beginning, String rest) {
        for (int at = text.lastIndexOf(beginning); at >= 0; at = text.lastIndexOf(beginning, at - 1)) {
            boolean begins = at == 0 || isLineEnd(text.charAt(at - 1));
            if (begins && (rest.isEmpty() || lineAt(at).equals(beginning + rest))) {
                return at;
            }
        }
        return -1;
    }

    private String lineAt(int at) {
        int end = at;
        while (end < text.length() && !isLineEnd(text.charAt(end))) {
            end++;
        }
        return text.substring(at, end);
    }

    private static boolean isLineEnd(char c) {
        return c == '\n' || c == '\r';
    }

    /** {@code y}: in the kernel itself. */
    public boolean isBuiltIn(String option) {
        return value(option).filter("y"::equals).isPresent();
    }

    public boolean isModule(String option) {
        return value(option).filter("m"::equals).isPresent();
    }

    /** Those whose name contains the word, for "did you mean". */
    public List<String> similar(String option, int limit) {
        String word = fullName(option).substring(PREFIX.length());
        return options().keySet().stream()
                .filter(name -> name.contains(word))
                .limit(limit)
                .toList();
    }

    public static String fullName(String option) {
        return option.startsWith(PREFIX) ? option : PREFIX + option;
    }
}
