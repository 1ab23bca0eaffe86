package org.kdive.images.fetch;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.kdive.images.ImageException;

/** Which package has a program: a repository's Contents file. wiki.debian.org/DebianRepository/Format, "Contents". */
final class ContentsTable {
    private ContentsTable() {}

    /** The first package with a program of that name in a directory where a shell would look. */
    static Optional<String> findPackage(Collection<Path> tables, String program) {
        // usr/bin/perf                              kernel/linux-perf,devel/other
        Pattern line = Pattern.compile("(?:usr/)?s?bin/" + Pattern.quote(program) + "\\s+(\\S+)");
        for (Path table : tables) {
            Optional<String> found = find(table, line);
            if (found.isPresent()) {
                return found;
            }
        }
        return Optional.empty();
    }

    private static Optional<String> find(Path table, Pattern line) {
        try (InputStream file = Files.newInputStream(table);
                BufferedReader lines = new BufferedReader(
                        new InputStreamReader(new GZIPInputStream(file, 1 << 16), StandardCharsets.ISO_8859_1))) {
            for (String text = lines.readLine(); text != null; text = lines.readLine()) {
                Matcher found = line.matcher(text);
                if (found.matches()) {
                    String first = found.group(1).split(",", 2)[0];
                    return Optional.of(first.substring(first.lastIndexOf('/') + 1));
                }
            }
            return Optional.empty();
        } catch (IOException e) {
            throw ImageException.io(table, e);
        }
    }
}
