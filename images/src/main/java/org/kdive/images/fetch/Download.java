package org.kdive.images.fetch;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What {@code apt-get download --print-uris} says about one package.
 *
 * @param hash algorithm and digest as apt writes them, {@code SHA256:00be...}; it comes from the signed lists
 */
record Download(String uri, String fileName, long sizeBytes, String hash) {
    // 'http://deb.debian.org/.../x_1%3a2_arm64.deb' x_1%3a2_arm64.deb 822236 SHA256:732c...
    private static final Pattern LINE =
            Pattern.compile("'([^']+)' ([A-Za-z0-9.+:~_%-]+) ([0-9]{1,12}) ([A-Z0-9]+:[0-9a-f]+)");

    static Download parse(String packageName, String output) {
        Matcher line = LINE.matcher(output);
        if (!line.find()) {
            throw FetchFailures.missing("package " + packageName, "apt does not say where it is: " + output.strip());
        }
        return new Download(line.group(1), line.group(2), Long.parseLong(line.group(3)), line.group(4));
    }
}
