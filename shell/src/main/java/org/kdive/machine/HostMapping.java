package org.kdive.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A piece of a process's memory. Documentation/filesystems/proc.rst, /proc/PID/maps.
 *
 * @param inode 0: no file is behind it
 */
record HostMapping(long start, long end, boolean shared, long fileOffset, long device, long inode) {
    // "7f12c0000000-7f12e0000000 rw-s 00000000 00:01 2057    /memfd:memory-backend-memfd (deleted)"
    private static final Pattern LINE =
            Pattern.compile("([0-9a-f]+)-([0-9a-f]+) ..." + "([ps]) ([0-9a-f]+) ([0-9a-f]+):([0-9a-f]+) (\\d+).*");

    static List<HostMapping> of(long pid) throws IOException {
        Path maps = Path.of("/proc", Long.toString(pid), "maps");
        return parse(Files.readAllLines(maps, StandardCharsets.ISO_8859_1));
    }

    static List<HostMapping> parse(List<String> lines) {
        return lines.stream()
                .map(LINE::matcher)
                .filter(Matcher::matches)
                .map(line -> new HostMapping(
                        hex(line.group(1)),
                        hex(line.group(2)),
                        line.group(3).equals("s"),
                        hex(line.group(4)),
                        device(hex(line.group(5)), hex(line.group(6))),
                        Long.parseLong(line.group(7))))
                .toList();
    }

    private static long hex(String digits) {
        return Long.parseUnsignedLong(digits, 16);
    }

    // as stat(2) packs them: glibc's makedev
    private static long device(long major, long minor) {
        return (major & ~0xfffL) << 32 | (major & 0xfff) << 8 | (minor & ~0xffL) << 12 | minor & 0xff;
    }

    /** The one that has all of it. */
    static Optional<HostMapping> find(List<HostMapping> all, HostRange range) {
        long first = range.hostAddress();
        return all.stream()
                .filter(one -> Long.compareUnsigned(one.start, first) <= 0
                        && Long.compareUnsigned(first + range.lengthBytes(), one.end) <= 0)
                .findFirst();
    }

    /** Whether what the process writes there is in a file. */
    boolean isSharedFile() {
        return shared && inode != 0;
    }

    boolean isSameFile(HostMapping other) {
        return isSharedFile() && device == other.device && inode == other.inode;
    }

    /** Whether a path leads to the file behind it. */
    boolean isBehind(Path path) {
        try {
            var attributes = Files.readAttributes(path, "unix:dev,ino");
            return attributes.get("dev") instanceof Long dev
                    && attributes.get("ino") instanceof Long ino
                    && dev == device
                    && ino == inode;
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    long offsetOf(long hostAddress) {
        return fileOffset + (hostAddress - start);
    }
}
