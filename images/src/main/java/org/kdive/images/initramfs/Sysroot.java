package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Architecture;

/** A directory of this machine that stands for {@code /}: where the libraries of a processor's programs are. */
final class Sysroot {
    // MAXSYMLINKS of Linux include/linux/namei.h
    private static final int MAX_SYMLINKS = 40;
    private static final int MAX_CONFIGURATION_BYTES = 64 << 10;

    private final Path top;

    Sysroot(Path top) {
        this.top = top.toAbsolutePath().normalize();
    }

    /** This machine's own root, and where Debian's cross compilers keep their libraries. */
    static List<Sysroot> ofHost(Architecture processor) {
        List<Sysroot> roots = new ArrayList<>(List.of(new Sysroot(Path.of("/"))));
        for (String triplet : triplets(processor)) {
            Path cross = Path.of("/usr", triplet);
            if (Files.isDirectory(cross.resolve("lib"))) {
                roots.add(new Sysroot(cross));
            }
        }
        return List.copyOf(roots);
    }

    /** Debian's names for a processor's libraries. wiki.debian.org/Multiarch/Tuples. */
    private static List<String> triplets(Architecture processor) {
        return switch (processor) {
            case X86_64 -> List.of("x86_64-linux-gnu");
            case X86_32 -> List.of("i386-linux-gnu", "i686-linux-gnu");
            case ARM64 -> List.of("aarch64-linux-gnu");
            case ARM -> List.of("arm-linux-gnueabihf", "arm-linux-gnueabi");
            case RISCV64 -> List.of("riscv64-linux-gnu");
            case PPC64 -> List.of("powerpc64-linux-gnu", "powerpc64le-linux-gnu");
            case S390X -> List.of("s390x-linux-gnu");
            case LOONGARCH64 -> List.of("loongarch64-linux-gnu");
            case MIPS, MIPS64, PPC, RISCV32 -> List.of();
        };
    }

    /** Where a dynamic linker would look, in its order: what ld.so.conf names, then what is built in. */
    List<String> libraryDirectories(Architecture processor) {
        List<String> directories = new ArrayList<>(configured("etc/ld.so.conf"));
        for (String triplet : triplets(processor)) {
            directories.add("lib/" + triplet);
            directories.add("usr/lib/" + triplet);
        }
        directories.addAll(List.of("lib64", "usr/lib64", "lib", "usr/lib", "usr/local/lib"));
        return directories;
    }

    /** The directories of /etc/ld.so.conf and the files it includes; other lines, such as hwcap, name none. */
    private List<String> configured(String file) {
        List<String> directories = new ArrayList<>();
        for (String line : lines(top.resolve(file))) {
            String words = line.replaceFirst("#.*", "").strip();
            if (words.startsWith("include ") && file.equals("etc/ld.so.conf")) {
                Path pattern = Path.of("etc")
                        .resolve(words.substring("include ".length()).strip());
                included(pattern).forEach(more -> directories.addAll(configured(more)));
            } else if (words.startsWith("/")) {
                directories.add(words.substring(1));
            }
        }
        return directories;
    }

    private List<String> included(Path pattern) {
        Path inside = pattern.isAbsolute() ? pattern.getRoot().relativize(pattern) : pattern;
        List<String> files = new ArrayList<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(
                top.resolve(inside).resolveSibling(""), inside.getFileName().toString())) {
            found.forEach(file -> files.add(top.relativize(file).toString()));
        } catch (IOException | java.util.regex.PatternSyntaxException e) {
            // As ld.so has it: what cannot be read is not there.
            return List.of();
        }
        files.sort(null);
        return files;
    }

    private static List<String> lines(Path file) {
        try (var in = Files.newInputStream(file)) {
            return new String(in.readNBytes(MAX_CONFIGURATION_BYTES), StandardCharsets.ISO_8859_1)
                    .lines()
                    .toList();
        } catch (IOException e) {
            return List.of();
        }
    }

    /** Where a path inside leads, relative to the top, every symbolic link taken as the guest would; empty if nowhere. */
    Optional<String> resolve(String path) {
        Deque<String> left = new ArrayDeque<>(parts(path));
        List<String> done = new ArrayList<>();
        int links = 0;
        while (!left.isEmpty()) {
            String part = left.removeFirst();
            if (part.equals("..")) {
                if (!done.isEmpty()) {
                    done.remove(done.size() - 1);
                }
                continue;
            }
            done.add(part);
            Path place = top.resolve(String.join("/", done));
            if (Files.isSymbolicLink(place)) {
                if (++links > MAX_SYMLINKS) {
                    return Optional.empty();
                }
                String target = target(place);
                done.remove(done.size() - 1);
                if (target.startsWith("/")) {
                    done.clear();
                }
                List<String> more = parts(target);
                for (int i = more.size() - 1; i >= 0; i--) {
                    left.addFirst(more.get(i));
                }
            } else if (!Files.exists(place, LinkOption.NOFOLLOW_LINKS)) {
                return Optional.empty();
            }
        }
        return Optional.of(String.join("/", done));
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException e) {
            // Gone since we looked.
            return "/nowhere";
        }
    }

    private static List<String> parts(String path) {
        return Arrays.stream(path.split("/", -1))
                .filter(part -> !part.isEmpty() && !part.equals("."))
                .toList();
    }

    /** This machine's path of a resolved path inside. */
    Path file(String resolved) {
        return top.resolve(resolved);
    }

    @Override
    public String toString() {
        return top.toString();
    }
}
