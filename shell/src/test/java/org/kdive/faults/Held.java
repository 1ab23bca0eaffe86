package org.kdive.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** What this process holds. */
record Held(long files, int threads, long heapKiB, long qemus) {

    private static Held now() throws IOException {
        System.gc();
        Runtime runtime = Runtime.getRuntime();
        return new Held(
                openFiles(),
                Thread.getAllStackTraces().size(),
                (runtime.totalMemory() - runtime.freeMemory()) >> 10,
                processes());
    }

    private static long openFiles() throws IOException {
        try (Stream<Path> open = Files.list(Path.of("/proc/self/fd"))) {
            return open.count();
        }
    }

    private static long processes() {
        try (Stream<ProcessHandle> children = ProcessHandle.current().descendants()) {
            return children.filter(ProcessHandle::isAlive).count();
        }
    }

    /** The same a little later, when what is ending has ended. */
    static Held settled() throws IOException {
        Held now = now();
        for (int i = 0; i < 20; i++) {
            java.util.concurrent.locks.LockSupport.parkNanos(25_000_000);
            Held later = now();
            if (later.threads >= now.threads && i > 3) {
                return later;
            }
            now = later;
        }
        return now;
    }

    /** Throws when there is more than before by what no round may leave. */
    void requireNoMoreThan(Held before) {
        boolean flat = files <= before.files + 2
                && threads <= before.threads + 2
                && heapKiB <= before.heapKiB + (12 << 10)
                && qemus <= before.qemus;
        if (!flat) {
            throw new AssertionError("it held %s and holds %s; threads: %s"
                    .formatted(before, this, Thread.getAllStackTraces().keySet()));
        }
    }

    @Override
    public String toString() {
        return "%d files, %d threads, %.1f MiB of heap, %d processes"
                .formatted(files, threads, heapKiB / 1024.0, qemus);
    }
}
