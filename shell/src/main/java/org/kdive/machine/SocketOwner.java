package org.kdive.machine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Which QEMU listens at a Unix socket: the kernel names the sockets by their numbers, and each process shows those it has.
 * Linux; only processes of the same user are seen, of root all. Documentation/filesystems/proc.rst.
 */
final class SocketOwner {
    private static final Path PROC = Path.of("/proc");
    private static final String LISTENS = "00010000"; // __SO_ACCEPTCON in the flags

    private SocketOwner() {}

    /** Its process; empty if it is no QEMU, or cannot be seen. */
    static OptionalLong find(Path socket) throws IOException {
        Set<String> wanted =
                numbers(Files.readAllLines(PROC.resolve("net/unix"), StandardCharsets.ISO_8859_1), socket).stream()
                        .map("socket:[%s]"::formatted)
                        .collect(Collectors.toSet());
        if (wanted.isEmpty()) {
            return OptionalLong.empty();
        }
        try (Stream<Path> all = Files.list(PROC)) {
            return all.filter(path -> path.getFileName().toString().matches("\\d+"))
                    .filter(SocketOwner::isQemu)
                    .filter(process -> hasOneOf(wanted, process))
                    .mapToLong(process -> Long.parseLong(process.getFileName().toString()))
                    .findFirst();
        }
    }

    // 0000000000000000: 00000002 00000000 00010000 0001 01 123456 /run/qmp       bound by a path that may be relative
    static List<String> numbers(List<String> table, Path socket) {
        List<String> numbers = new ArrayList<>();
        String name = String.valueOf(socket.getFileName());
        for (String line : table) {
            String[] words = line.strip().split("\\s+", 8);
            if (words.length == 8 && words[3].equals(LISTENS) && isSame(Path.of(words[7]), socket, name)) {
                numbers.add(words[6]);
            }
        }
        return numbers;
    }

    private static boolean isSame(Path bound, Path socket, String name) {
        return bound.isAbsolute() ? bound.equals(socket.toAbsolutePath().normalize()) : bound.endsWith(name);
    }

    private static boolean isQemu(Path process) {
        try {
            return Files.readString(process.resolve("comm")).startsWith("qemu");
        } catch (IOException gone) {
            return false;
        }
    }

    private static boolean hasOneOf(Set<String> wanted, Path process) {
        try (Stream<Path> descriptors = Files.list(process.resolve("fd"))) {
            return descriptors.anyMatch(one -> wanted.contains(target(one)));
        } catch (IOException notOurs) {
            return false;
        }
    }

    private static String target(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString();
        } catch (IOException closedMeanwhile) {
            return "";
        }
    }
}
