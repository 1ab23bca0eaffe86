package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The list language of the kernel's own gen_init_cpio (Linux usr/gen_init_cpio.c, usage), line by line:
 *
 * <pre>
 * dir   NAME MODE UID GID
 * file  NAME LOCATION MODE UID GID [LINK...]      LOCATION may hold ${VARIABLE}
 * nod   NAME MODE UID GID b|c MAJOR MINOR
 * slink NAME TARGET MODE UID GID
 * pipe  NAME MODE UID GID
 * sock  NAME MODE UID GID
 * # a comment
 * </pre>
 */
public final class InitramfsList {
    private static final Pattern VARIABLE = Pattern.compile("\\$\\{([^}]*)}");
    private static final int MAX_LIST_BYTES = 16 << 20;

    private final String source;
    private final Path base;
    private final Map<String, String> variables;
    private final FileTree.Builder tree = FileTree.builder();
    private int lineNumber;

    private InitramfsList(String source, Path base, Map<String, String> variables) {
        this.source = source;
        this.base = base;
        this.variables = variables;
    }

    /** @param base what relative locations are relative to; gen_init_cpio takes its working directory */
    public static FileTree read(Path list, Path base, Map<String, String> variables) {
        try {
            if (Files.size(list) > MAX_LIST_BYTES) {
                throw new ImageException(new ImageFailure.TooLarge(list.toString(), Files.size(list), MAX_LIST_BYTES));
            }
            return parse(
                    list.toString(), new String(Files.readAllBytes(list), StandardCharsets.UTF_8), base, variables);
        } catch (IOException e) {
            throw ImageException.io(list, e);
        }
    }

    /** @param source what messages call the text */
    public static FileTree parse(String source, String text, Path base, Map<String, String> variables) {
        InitramfsList list = new InitramfsList(source, base, Map.copyOf(variables));
        for (String line : text.split("\n", -1)) {
            list.lineNumber++;
            list.addLine(line.strip());
        }
        return list.tree.build();
    }

    /** Whether the first line that says anything is one of a list; for telling lists from archives. */
    public static boolean looksLikeList(String beginning) {
        return beginning
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .findFirst()
                .filter(line -> line.matches("(dir|file|nod|slink|pipe|sock)\\s+/?\\S+\\s.*"))
                .isPresent();
    }

    private void addLine(String line) {
        if (line.isEmpty() || line.startsWith("#")) {
            return;
        }
        List<String> words = Arrays.asList(line.split("\\s+"));
        try {
            switch (words.get(0)) {
                case "dir" -> add(new Entry.Directory(name(words), attributes(requireWords(words, 5), 2)));
                case "pipe" -> add(new Entry.Fifo(name(words), attributes(requireWords(words, 5), 2)));
                case "sock" -> add(new Entry.Socket(name(words), attributes(requireWords(words, 5), 2)));
                case "slink" ->
                    add(new Entry.Symlink(name(words), attributes(requireWords(words, 6), 3), words.get(2)));
                case "nod" -> add(node(requireWords(words, 8)));
                case "file" -> addFile(words);
                default ->
                    throw malformed("unknown word %s; known are dir file nod slink pipe sock".formatted(words.get(0)));
            }
        } catch (IllegalArgumentException e) {
            throw malformed(String.valueOf(e.getMessage()));
        }
    }

    private void add(Entry entry) {
        if (tree.contains(entry.path())) {
            throw malformed(FileName.printable(entry.path()) + " is there twice");
        }
        tree.put(entry);
    }

    private void addFile(List<String> words) {
        if (words.size() < 6) {
            throw malformed("file needs NAME LOCATION MODE UID GID");
        }
        Path location = base.resolve(substituted(words.get(2)));
        if (!Files.isRegularFile(location)) {
            throw malformed(location + (Files.exists(location) ? " is no regular file" : ": no such file"));
        }
        Attributes attributes = attributes(words, 3).withMtime(mtimeSeconds(location));
        Entry.RegularFile file = new Entry.RegularFile(name(words), attributes, Content.ofFile(location));
        add(file);
        for (String link : words.subList(6, words.size())) {
            add(new Entry.HardLink(path(link), attributes, file.path()));
        }
    }

    private static long mtimeSeconds(Path location) {
        try {
            return Inode.of(location).mtimeSeconds();
        } catch (IOException e) {
            throw ImageException.io(location, e);
        }
    }

    private Entry node(List<String> words) {
        String type = words.get(5);
        if (!type.equals("b") && !type.equals("c")) {
            throw malformed("device type %s is neither b nor c".formatted(type));
        }
        int major = number(words.get(6), 10, 0xfff);
        int minor = number(words.get(7), 10, 0xfffff);
        return new Entry.DeviceNode(name(words), attributes(words, 2), type.equals("b"), major, minor);
    }

    private String name(List<String> words) {
        if (words.size() < 2) {
            throw malformed(words.get(0) + " needs a name");
        }
        return path(words.get(1));
    }

    private String path(String word) {
        if (Arrays.asList(word.split("/", -1)).contains("..") || word.indexOf('\0') >= 0) {
            throw malformed("a name that is none: " + FileName.printable(word));
        }
        return FileTree.normalize(word);
    }

    private List<String> requireWords(List<String> words, int count) {
        if (words.size() != count) {
            throw malformed("%s has %d words, not %d".formatted(words.get(0), words.size(), count));
        }
        return words;
    }

    private Attributes attributes(List<String> words, int at) {
        int permissions = number(words.get(at), 8, 0177777) & 07777;
        return new Attributes(
                permissions,
                number(words.get(at + 1), 10, Integer.MAX_VALUE),
                number(words.get(at + 2), 10, Integer.MAX_VALUE),
                0);
    }

    private int number(String word, int radix, int max) {
        try {
            int value = Integer.parseUnsignedInt(word, radix);
            if (value >= 0 && value <= max) {
                return value;
            }
        } catch (NumberFormatException e) {
            // Told below, with the line.
        }
        throw malformed("%s is no %s number up to %s"
                .formatted(word, radix == 8 ? "octal" : "decimal", Integer.toString(max, radix)));
    }

    private String substituted(String location) {
        Matcher variable = VARIABLE.matcher(location);
        return variable.replaceAll(found -> {
            String value = variables.get(found.group(1));
            if (value == null) {
                throw malformed("variable %s is not set".formatted(found.group(1)));
            }
            return Matcher.quoteReplacement(value);
        });
    }

    private ImageException malformed(String what) {
        return new ImageException(
                "%s:%d: %s".formatted(source, lineNumber, what), new ImageFailure.Malformed(source, lineNumber, what));
    }
}
