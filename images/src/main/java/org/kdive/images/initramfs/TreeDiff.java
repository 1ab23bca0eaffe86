package org.kdive.images.initramfs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What makes one tree another. */
public final class TreeDiff {
    /** How a path differs. */
    public enum Kind {
        ADDED,
        REMOVED,
        CHANGED
    }

    /** @param what for a change, what changed, in words */
    public record Difference(Kind kind, String path, String what) {
        @Override
        public String toString() {
            String sign = switch (kind) {
                case ADDED -> "+ ";
                case REMOVED -> "- ";
                case CHANGED -> "! ";
            };
            return sign + FileName.printable(path) + (what.isEmpty() ? "" : ": " + what);
        }
    }

    private TreeDiff() {}

    /** In the order of the older tree, then of the newer one. */
    public static List<Difference> between(FileTree older, FileTree newer) {
        List<Difference> differences = new ArrayList<>();
        for (Entry before : older.entries()) {
            @Nullable Entry after = newer.find(before.path()).orElse(null);
            if (after == null) {
                differences.add(new Difference(Kind.REMOVED, before.path(), ""));
                continue;
            }
            String change = before.equals(after) ? "" : change(before, after);
            if (!change.isEmpty()) {
                differences.add(new Difference(Kind.CHANGED, before.path(), change));
            }
        }
        for (Entry after : newer.entries()) {
            if (older.find(after.path()).isEmpty()) {
                differences.add(new Difference(Kind.ADDED, after.path(), ""));
            }
        }
        return differences;
    }

    private static String change(Entry before, Entry after) {
        List<String> changes = new ArrayList<>();
        if (before.typeLetter() != after.typeLetter()) {
            changes.add("type %c -> %c".formatted(before.typeLetter(), after.typeLetter()));
        }
        Attributes old = before.attributes();
        Attributes now = after.attributes();
        note(changes, "mode", "%04o".formatted(old.permissions()), "%04o".formatted(now.permissions()));
        note(changes, "owner", old.userId() + ":" + old.groupId(), now.userId() + ":" + now.groupId());
        note(changes, "mtime", old.mtimeSeconds(), now.mtimeSeconds());
        if (before instanceof Entry.RegularFile a && after instanceof Entry.RegularFile b) {
            note(changes, "size", a.content().sizeBytes(), b.content().sizeBytes());
            if (a.content().sizeBytes() == b.content().sizeBytes() && !sameBytes(a.content(), b.content())) {
                changes.add("contents");
            }
        } else if (before instanceof Entry.Symlink a && after instanceof Entry.Symlink b) {
            note(changes, "target", FileName.printable(a.target()), FileName.printable(b.target()));
        } else if (before instanceof Entry.DeviceNode a && after instanceof Entry.DeviceNode b) {
            note(changes, "device", a.major() + "," + a.minor(), b.major() + "," + b.minor());
        }
        if (!otherName(before).equals(otherName(after))) {
            changes.add("links");
        }
        return String.join(", ", changes);
    }

    /** The name whose file this is another name of; empty for what has its own. */
    private static String otherName(Entry entry) {
        return entry instanceof Entry.HardLink link ? link.target() : "";
    }

    /** One may be in memory and the other on disk. */
    private static boolean sameBytes(Content one, Content other) {
        return one.equals(other) || Arrays.equals(one.toArray(), other.toArray());
    }

    private static void note(List<String> changes, String what, Object before, Object after) {
        if (!Objects.equals(before, after)) {
            changes.add("%s %s -> %s".formatted(what, before, after));
        }
    }
}
