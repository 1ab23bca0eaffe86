package org.kdive.images.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The programs and libraries of one package as files, laid out as a root in which {@code /bin}, {@code /sbin} and
 * {@code /lib} lead into {@code /usr}: packages say either, and both must be found. Documentation and data stay behind,
 * but for QEMU's.
 */
record PackageTree(Path directory) {
    private static final long MAX_UNPACKED_BYTES = 2L << 30;
    private static final long MAX_FILE_BYTES = 1L << 30;
    private static final List<String> PROGRAM_DIRECTORIES = List.of("usr/bin", "usr/sbin");

    /** Into a directory that is made now. */
    static PackageTree unpack(Path deb, Path directory) {
        try {
            Files.createDirectory(directory);
            Unpacking unpacking = new Unpacking(directory);
            new DebPackage(deb, MAX_UNPACKED_BYTES).visit(unpacking);
            unpacking.link();
            for (String name : List.of("bin", "sbin", "lib", "lib32", "lib64")) {
                if (Files.isDirectory(directory.resolve("usr").resolve(name), LinkOption.NOFOLLOW_LINKS)) {
                    Files.createSymbolicLink(directory.resolve(name), Path.of("usr", name));
                }
            }
            return new PackageTree(directory);
        } catch (IOException e) {
            throw ImageException.io(directory, e);
        }
    }

    /** The program of that name, or all that there are if there is none of it; by name. */
    List<Path> programs(String name) {
        List<Path> all = PROGRAM_DIRECTORIES.stream()
                .flatMap(place -> files(directory.resolve(place)))
                .filter(this::isProgram)
                .sorted()
                .toList();
        List<Path> named = all.stream()
                .filter(file -> String.valueOf(file.getFileName()).equals(name))
                .toList();
        return named.isEmpty() ? all : named;
    }

    private static Stream<Path> files(Path place) {
        if (!Files.isDirectory(place, LinkOption.NOFOLLOW_LINKS)) {
            return Stream.empty();
        }
        try (Stream<Path> files = Files.list(place)) {
            return files.toList().stream();
        } catch (IOException e) {
            throw ImageException.io(place, e);
        }
    }

    private boolean isProgram(Path file) {
        try {
            // A link may lead to the alternatives of a system that is installed, or out of here.
            return file.toRealPath().startsWith(directory.toRealPath()) && Files.isExecutable(file);
        } catch (IOException e) {
            return false;
        }
    }

    private static final class Unpacking implements DebPackage.Visitor {
        private final Path directory;
        private final Map<Path, String> symlinks = new LinkedHashMap<>();
        private final Map<Path, Path> hardLinks = new LinkedHashMap<>();

        Unpacking(Path directory) {
            this.directory = directory;
        }

        @Override
        public boolean visit(String path, long sizeBytes, InputStream contents) throws IOException {
            String merged = merged(path);
            if (!isWanted(merged)) {
                return true;
            }
            if (sizeBytes > MAX_FILE_BYTES) {
                throw new ImageException(new ImageFailure.TooLarge(path, sizeBytes, MAX_FILE_BYTES));
            }
            Path file = directory.resolve(merged);
            Files.createDirectories(file.resolveSibling(""));
            Files.copy(contents, file);
            Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
            return true;
        }

        @Override
        public void symlink(String path, String target) {
            if (isWanted(merged(path))) {
                symlinks.put(directory.resolve(merged(path)), target);
            }
        }

        @Override
        public void hardLink(String path, String target) {
            if (isWanted(merged(path)) && isWanted(merged(target))) {
                hardLinks.put(directory.resolve(merged(path)), directory.resolve(merged(target)));
            }
        }

        /** Links come last: nothing is written through one. */
        void link() throws IOException {
            for (Map.Entry<Path, Path> link : hardLinks.entrySet()) {
                if (!Files.exists(link.getKey()) && Files.isRegularFile(link.getValue(), LinkOption.NOFOLLOW_LINKS)) {
                    Files.createDirectories(link.getKey().resolveSibling(""));
                    Files.createLink(link.getKey(), link.getValue());
                }
            }
            for (Path link : symlinks.keySet()) {
                Files.createDirectories(link.resolveSibling(""));
            }
            for (Map.Entry<Path, String> link : symlinks.entrySet()) {
                if (!Files.exists(link.getKey(), LinkOption.NOFOLLOW_LINKS)) {
                    Files.createSymbolicLink(link.getKey(), Path.of(link.getValue()));
                }
            }
        }

        private static String merged(String path) {
            return path.matches("(bin|sbin|lib|lib32|lib64)/.*") ? "usr/" + path : path;
        }

        private static boolean isWanted(String merged) {
            return merged.matches("usr/(bin|sbin|lib|lib32|lib64|libexec|share/qemu|share/seabios)/.+")
                    && !merged.endsWith(".a");
        }
    }
}
