package org.kdive.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process and its QEMU hold, for a soak to print: flat lines are what is wanted. */
final class Footprint {
    private Footprint() {}

    static void tell(Guest guest, int round, double seconds) throws IOException {
        System.gc();
        long qemu =
                guest.on(() -> guest.session.target().machine().orElseThrow().pid());
        long own = ProcessHandle.current().pid();
        Runtime runtime = Runtime.getRuntime();
        System.out.printf(
                "round %5d %6.1f s  kdive: heap %d MiB, RSS %d MiB, %d files  QEMU: anonymous %d MiB, %d files%n",
                round,
                seconds,
                (runtime.totalMemory() - runtime.freeMemory()) >> 20,
                status(own, "VmRSS:"),
                files(own),
                status(qemu, "RssAnon:"),
                files(qemu));
    }

    // proc_pid_status(5), in KiB
    private static long status(long pid, String name) throws IOException {
        return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                .filter(line -> line.startsWith(name))
                .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) >> 10)
                .sum();
    }

    private static long files(long pid) throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return open.count();
        }
    }
}
