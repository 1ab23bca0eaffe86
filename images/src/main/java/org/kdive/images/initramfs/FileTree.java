package org.kdive.images.initramfs;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** A root file system that is nowhere yet: entries in the order they are written. Immutable. */
public final class FileTree {
    private final Map<String, Entry> entries;

    private FileTree(Map<String, Entry> entries) {
        this.entries = entries;
    }

    public static Builder builder() {
        return new Builder();
    }

    public static FileTree of(Collection<? extends Entry> entries) {
        Builder builder = new Builder();
        entries.forEach(builder::put);
        return builder.build();
    }

    public List<Entry> entries() {
        return List.copyOf(entries.values());
    }

    public Optional<Entry> find(String path) {
        return Optional.ofNullable(entries.get(normalize(path)));
    }

    public Entry require(String path) {
        return find(path)
                .orElseThrow(
                        () -> new ImageException(new ImageFailure.Missing(FileName.printable(path), "no such file")));
    }

    /**
     * Directories that an entry lies in and that have no entry before it: the kernel unpacks in order and makes none by
     * itself, so what lies in them is lost. init/initramfs.c.
     */
    public List<String> missingDirectories() {
        Set<String> seen = new HashSet<>(Set.of("."));
        Set<String> missing = new LinkedHashSet<>();
        for (String path : entries.keySet()) {
            int slash = path.lastIndexOf('/');
            String parent = slash < 0 ? "." : path.substring(0, slash);
            if (!seen.contains(parent)) {
                missing.add(parent);
            }
            seen.add(path);
        }
        return List.copyOf(missing);
    }

    /** For a changed copy. */
    public Builder toBuilder() {
        Builder builder = new Builder();
        builder.entries.putAll(entries);
        return builder;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof FileTree that && entries().equals(that.entries());
    }

    @Override
    public int hashCode() {
        return entries.hashCode();
    }

    @Override
    public String toString() {
        return entries.size() + " entries";
    }

    /** {@code /bin//sh}, {@code ./bin/sh} and {@code bin/sh} are the same; {@code ..} and the like are refused. */
    static String normalize(String path) {
        List<String> parts = new ArrayList<>();
        for (String part : path.split("/", -1)) {
            if (part.equals("..")) {
                throw refused(path, "a path with .. in it");
            }
            if (!part.isEmpty() && !part.equals(".")) {
                parts.add(part);
            }
        }
        if (path.indexOf('\0') >= 0) {
            throw refused(path, "a path with a NUL in it");
        }
        return parts.isEmpty() ? "." : String.join("/", parts);
    }

    private static ImageException refused(String path, String why) {
        return new ImageException(new ImageFailure.Malformed(FileName.printable(path), 0, why));
    }

    /** Collects entries; a second entry of a path takes the first one's place. Not for sharing between threads. */
    public static final class Builder {
        private final Map<String, Entry> entries = new LinkedHashMap<>();

        private Builder() {}

        public Builder put(Entry entry) {
            String path = normalize(entry.path());
            if (!path.equals(entry.path())) {
                throw refused(entry.path(), "not written as " + path);
            }
            entries.put(path, entry);
            return this;
        }

        boolean contains(String path) {
            return entries.containsKey(path);
        }

        public Builder directory(String path, int permissions) {
            return put(new Entry.Directory(normalize(path), Attributes.rootOwned(permissions)));
        }

        public Builder file(String path, int permissions, Content content) {
            return put(new Entry.RegularFile(normalize(path), Attributes.rootOwned(permissions), content));
        }

        /** A copy of a file of this machine. */
        public Builder file(String path, int permissions, Path source) {
            return file(path, permissions, Content.ofFile(source));
        }

        public Builder symlink(String path, String target) {
            return put(new Entry.Symlink(normalize(path), Attributes.rootOwned(0777), target));
        }

        public Builder hardLink(String path, String target) {
            Entry file = entries.get(normalize(target));
            if (!(file instanceof Entry.RegularFile)) {
                throw refused(target, "no regular file to link to");
            }
            return put(new Entry.HardLink(normalize(path), file.attributes(), file.path()));
        }

        public Builder characterDevice(String path, int permissions, int major, int minor) {
            return put(new Entry.DeviceNode(normalize(path), Attributes.rootOwned(permissions), false, major, minor));
        }

        public Builder blockDevice(String path, int permissions, int major, int minor) {
            return put(new Entry.DeviceNode(normalize(path), Attributes.rootOwned(permissions), true, major, minor));
        }

        /** Makes the directories above a path that are not there yet. */
        public Builder parents(String path) {
            String normal = normalize(path);
            for (int slash = normal.indexOf('/'); slash > 0; slash = normal.indexOf('/', slash + 1)) {
                String parent = normal.substring(0, slash);
                if (!entries.containsKey(parent)) {
                    directory(parent, 0755);
                }
            }
            return this;
        }

        /** Takes away a path and everything below it; says whether anything was there. */
        public boolean remove(String path) {
            String normal = normalize(path);
            List<String> gone = entries.keySet().stream()
                    .filter(name -> name.equals(normal) || name.startsWith(normal + "/"))
                    .toList();
            gone.forEach(this::keepOtherNames);
            gone.forEach(entries::remove);
            return !gone.isEmpty();
        }

        /** The file lives on under its other names: the first of them becomes the one with the bytes. */
        private void keepOtherNames(String path) {
            if (!(entries.get(path) instanceof Entry.RegularFile file)) {
                return;
            }
            String heir = null;
            for (Entry entry : List.copyOf(entries.values())) {
                if (entry instanceof Entry.HardLink link && link.target().equals(path)) {
                    Entry kept = heir == null
                            ? new Entry.RegularFile(link.path(), file.attributes(), file.content())
                            : new Entry.HardLink(link.path(), link.attributes(), heir);
                    heir = heir == null ? link.path() : heir;
                    entries.put(kept.path(), kept);
                }
            }
        }

        /** As {@link #put}, but other names of a file that was there keep that file, as with cp(1) onto a new file. */
        Builder replace(Entry entry) {
            keepOtherNames(entry.path());
            return put(entry);
        }

        /**
         * Lays another tree over this one, as unpacking it there would: directories merge, anything else of the same path
         * is replaced, with all below it if it was a directory.
         */
        public Builder merge(FileTree over) {
            for (Entry entry : over.entries()) {
                boolean mixes =
                        entry instanceof Entry.Directory && entries.get(entry.path()) instanceof Entry.Directory;
                if (!mixes && entries.get(entry.path()) instanceof Entry.Directory) {
                    remove(entry.path());
                }
                replace(entry);
            }
            return this;
        }

        public FileTree build() {
            return new FileTree(new LinkedHashMap<>(entries));
        }
    }
}
