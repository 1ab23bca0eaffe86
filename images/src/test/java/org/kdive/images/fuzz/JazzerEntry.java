package org.kdive.images.fuzz;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.kdive.images.ImageException;

/**
 * What Jazzer calls, and what gives it its seeds. It finds the method by its name, so that nothing here needs Jazzer to be
 * compiled. The property {@code kdive.fuzz} names the target.
 */
public final class JazzerEntry {
    private static final FuzzTarget TARGET = FuzzTarget.named(System.getProperty("kdive.fuzz", "kernel"));

    private JazzerEntry() {}

    public static void fuzzerTestOneInput(byte[] input) {
        try {
            TARGET.read(input);
        } catch (ImageException e) {
            ParserFuzz.requireFitForAUser(e);
        }
    }

    /** Without words, the names of all targets; with a directory, the target's seeds into it. */
    public static void main(String[] words) throws IOException {
        if (words.length == 0) {
            FuzzTarget.ALL.forEach(System.out::println);
            return;
        }
        Path directory = Files.createDirectories(Path.of(words[0]));
        for (Map.Entry<String, byte[]> seed : TARGET.seeds().get().entrySet()) {
            Files.write(directory.resolve(seed.getKey().replaceAll("\\W", "-")), seed.getValue());
        }
    }
}
