package org.kdive.cli;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.kdive.images.initramfs.Entry;

/** An entry of an archive as {@code ls -l} shows files; times are UTC. */
final class ArchiveLine {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm").withZone(ZoneOffset.UTC);
    private static final String RIGHTS = "rwxrwxrwx";

    private ArchiveLine() {}

    static String of(Entry entry) {
        var attributes = entry.attributes();
        return "%s %4d/%-4d %10s %s %s%s"
                .formatted(
                        mode(entry),
                        attributes.userId(),
                        attributes.groupId(),
                        size(entry),
                        TIME.format(Instant.ofEpochSecond(attributes.mtimeSeconds())),
                        entry.printablePath(),
                        pointsTo(entry));
    }

    private static String mode(Entry entry) {
        int bits = entry.attributes().permissions();
        StringBuilder mode = new StringBuilder().append(entry.typeLetter());
        for (int i = 0; i < RIGHTS.length(); i++) {
            mode.append((bits & (0400 >> i)) != 0 ? RIGHTS.charAt(i) : '-');
        }
        special(mode, 3, bits & 04000, 's');
        special(mode, 6, bits & 02000, 's');
        special(mode, 9, bits & 01000, 't');
        return mode.toString();
    }

    private static void special(StringBuilder mode, int at, int bit, char letter) {
        if (bit != 0) {
            mode.setCharAt(at, mode.charAt(at) == 'x' ? letter : Character.toUpperCase(letter));
        }
    }

    private static String size(Entry entry) {
        if (entry instanceof Entry.RegularFile file) {
            return Long.toString(file.content().sizeBytes());
        }
        return entry instanceof Entry.DeviceNode node ? node.major() + ", " + node.minor() : "0";
    }

    private static String pointsTo(Entry entry) {
        if (entry instanceof Entry.Symlink link) {
            return " -> " + Entry.printable(link.target());
        }
        return entry instanceof Entry.HardLink link ? " link to " + Entry.printable(link.target()) : "";
    }
}
