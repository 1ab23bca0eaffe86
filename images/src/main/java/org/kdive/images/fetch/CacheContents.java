package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.stream.Stream;
import org.kdive.images.ImageException;

/** What is in a cache and what of it nobody will ask for again. */
public final class CacheContents {
    /** The parts of the cache whose children are things of their own. */
    private static final List<String> SHELVES = List.of(
            "kernels",
            "unpacked",
            "busybox",
            "firmware",
            "packages",
            "programs",
            "emulators",
            "initramfs",
            "bootdisks",
            "apt",
            "cds",
            "debug-maps",
            "bench",
            "partial");

    /**
     * One thing: a kernel with its package and modules, an archive, a list of packages.
     *
     * @param name its path in the cache
     * @param bytes that it takes on the disk's files, not counting holes
     * @param changed when the newest of its files was written
     * @param stale whether something newer has taken its place, or it was never finished
     */
    public record Item(String name, long bytes, Instant changed, boolean stale) {}

    private final Cache cache;

    public CacheContents(Cache cache) {
        this.cache = cache;
    }

    public static CacheContents ofUser() {
        return new CacheContents(Cache.ofUser(System.getenv()));
    }

    public Path root() {
        return cache.root();
    }

    public List<Item> list() {
        Set<String> named = new HashSet<>(namedKernels());
        named.addAll(namedPackages());
        List<Item> items = new ArrayList<>();
        for (String shelf : SHELVES) {
            for (Path path : children(cache.root().resolve(shelf))) {
                items.add(item(shelf, path, named));
            }
        }
        return List.copyOf(items);
    }

    /** Deletes what is stale, or all there is, while nobody else fills the cache. Says what went. */
    public List<Item> prune(boolean all, Progress progress) {
        if (!Files.isDirectory(cache.root())) {
            return List.of();
        }
        return cache.locked(progress, () -> {
            List<Item> gone =
                    list().stream().filter(item -> all || item.stale()).toList();
            if (all) {
                // The names first: a name that is there promises a whole kernel.
                Cache.deleteTree(cache.root().resolve("names"));
            }
            gone.forEach(item -> Cache.deleteTree(cache.root().resolve(item.name())));
            return gone;
        });
    }

    private Item item(String shelf, Path path, Set<String> named) {
        Size size = new Size();
        try {
            Files.walkFileTree(path, size);
        } catch (IOException e) {
            throw ImageException.io(path, e);
        }
        String name = String.valueOf(path.getFileName());
        boolean stale = switch (shelf) {
            case "kernels", "packages" -> !named.contains(name);
            // Made again by the next boot, and named by what a file was: nobody can say whether it still is so.
            case "unpacked", "bootdisks", "partial" -> true;
            // The launcher's archives carry a process's number until they are whole.
            case "cds" -> !name.endsWith(".jsa");
            default -> name.startsWith(".") && name.contains(".part-");
        };
        return new Item(shelf + "/" + name, size.bytes, size.changed, stale);
    }

    /** The kernels that some name leads to: the newest that was fetched under it. */
    private Set<String> namedKernels() {
        Set<String> named = new HashSet<>();
        for (Path file : children(cache.root().resolve("names"))) {
            Properties known = new Properties();
            try (var in = Files.newInputStream(file)) {
                known.load(in);
            } catch (IOException | IllegalArgumentException e) {
                // Not as we wrote it: it leads to none.
                continue;
            }
            String kernel = known.getProperty("kernel", "");
            named.add(kernel.substring(0, Math.max(0, kernel.indexOf('/'))));
        }
        return named;
    }

    /** The packages that some program was found to need. */
    private Set<String> namedPackages() {
        Set<String> named = new HashSet<>();
        for (Path file : children(cache.root().resolve("programs"))) {
            try {
                named.addAll(Files.readAllLines(file));
            } catch (IOException e) {
                throw ImageException.io(file, e);
            }
        }
        return named;
    }

    private static List<Path> children(Path directory) {
        if (!Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw ImageException.io(directory, e);
        }
    }

    private static final class Size extends SimpleFileVisitor<Path> {
        private long bytes;
        private Instant changed = Instant.EPOCH;

        @Override
        public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
            bytes += attributes.size();
            Instant time = attributes.lastModifiedTime().toInstant();
            changed = time.isAfter(changed) ? time : changed;
            return FileVisitResult.CONTINUE;
        }

        @Override
        public FileVisitResult visitFileFailed(Path file, IOException e) throws IOException {
            // Others may prune at the same time.
            if (e instanceof NoSuchFileException) {
                return FileVisitResult.CONTINUE;
            }
            throw e;
        }
    }
}
