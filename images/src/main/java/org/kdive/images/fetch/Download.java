package org.kdive.images.fetch;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code apt-get download --print-uris} says about one package.
 *
 * @param hash algorithm and digest as apt writes them, {@code SHA256:00be...}; it comes from the signed lists
 */
record Download(String uri, String fileName, long sizeBytes, String hash) {
    // 'http://mirror.example/.../x_1%3a2_arm64.deb' x_1%3a2_arm64.deb 822236 SHA256:732c...
    private static final Pattern LINE =
            Pattern.compile("'([^']+)' ([A-Za-z0-9.+:~_%-]+) ([0-9]{1,12}) ([A-Z0-9]+:[0-9a-f]+)");

    static Download parse(String packageName, String output) {
        Matcher line = LINE.matcher(output);
        if (!line.find()) {
            throw FetchFailures.missing("package " + packageName, "apt does not say where it is: " + output.strip());
        }
        return of(line);
    }

    /** Every package of an answer, in its order. */
    static List<Download> parseAll(String output) {
        return LINE.matcher(output).results().map(Download::of).toList();
    }

    private static Download of(MatchResult line) {
        return new Download(line.group(1), line.group(2), Long.parseLong(line.group(3)), line.group(4));
    }

    /** Name and version for a user: {@code x_1%3a2_arm64.deb} is {@code x 1:2}. */
    String label() {
        String[] parts = fileName.replace("%3a", ":").split("_", -1);
        return parts.length < 2 ? fileName : parts[0] + " " + parts[1];
    }

    /** The package's name: what stands before the first underscore, which no name has. */
    String packageName() {
        return fileName.substring(0, Math.max(0, fileName.indexOf('_')));
    }
}
