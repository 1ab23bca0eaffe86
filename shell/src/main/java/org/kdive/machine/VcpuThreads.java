package org.kdive.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.kdive.qmp.QmpClient;

/**
 * The host's threads that execute the guest's processors, and how much of the host's time each has had. QEMU, query-cpus-fast;
 * Linux, proc(5). Safe from any thread.
 */
public final class VcpuThreads {
    private static final int UTIME = 11; // behind the name, which may hold anything
    private static final long TICK_MILLIS = 10; // USER_HZ is 100 for all that read it

    private final List<Path> threads; // by the processor's number

    private VcpuThreads(List<Path> threads) {
        this.threads = List.copyOf(threads);
    }

    static VcpuThreads of(long pid, QmpClient qmp) {
        return new VcpuThreads(qmp.call("query-cpus-fast", Map.of()).list().stream()
                .map(cpu -> Path.of("/proc/%d/task/%d/stat".formatted(pid, cpu.number("thread-id"))))
                .toList());
    }

    /** Whether one thread executes several processors in turn, as where instructions are counted. */
    public boolean areShared() {
        return threads.stream().distinct().count() < threads.size();
    }

    /** The time of the host's that the thread has had so far; zero where the host does not tell. */
    public Duration spent(int cpu) {
        if (cpu < 0 || cpu >= threads.size()) {
            return Duration.ZERO;
        }
        try {
            String stat = Files.readString(threads.get(cpu));
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
            return Duration.ofMillis(TICK_MILLIS * (Long.parseLong(fields[UTIME]) + Long.parseLong(fields[UTIME + 1])));
        } catch (IOException | RuntimeException e) {
            return Duration.ZERO; // it has ended
        }
    }
}
