package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;

/**
 * What one CPU of a kernel has done so far, in numbers that move as long as it works; read while it runs.
 *
 * @param heartbeat another number whenever it has taken an interrupt: kstat and kernel_cpustat, which every tick counts in
 *     (kernel/sched/cputime.c) and every device's interrupt (kernel/irq/internals.h). An idle CPU has no tick and may keep
 *     it for long
 * @param switches how often it has changed from one task to another; empty where nothing tells
 * @param waiting tasks that could run on it and do not
 * @param idle whether it has nothing to run
 */
public record Pulse(int cpu, int heartbeat, OptionalLong switches, long waiting, boolean idle) {
    private static final List<String> COUNTS = List.of("kstat", "kernel_cpustat");
    private static final List<String> COUNT_TYPES = List.of("kernel_stat", "kernel_cpustat");
    private static final List<String> HELD = List.of("panic_cpu", "kgdb_active"); // -1 while nobody is

    /**
     * Of all CPUs on line. Empty where nothing can be told: a kernel whose scheduler does not run yet, one that has
     * panicked or is stopped in its own debugger, one that lets busy CPUs go without a tick (nohz_full), or one that names none
     * of its counters. Throws MemoryFault before the kernel has laid out its memory.
     */
    public static List<Pulse> of(LiveKernel kernel) {
        if (!isAtWork(kernel)) {
            return List.of();
        }
        OptionalLong queues = queues(kernel);
        List<Pulse> all = new ArrayList<>();
        for (int cpu : PerCpu.online(kernel)) {
            all.add(of(kernel, cpu, queues));
        }
        return all;
    }

    private static boolean isAtWork(LiveKernel kernel) {
        boolean counts =
                COUNTS.stream().allMatch(name -> kernel.findInTable(name).isPresent());
        boolean scheduling = number(kernel, "system_state", 4, 0) > 0; // SYSTEM_BOOTING
        boolean held = HELD.stream().anyMatch(name -> (int) number(kernel, name, 4, -1) != -1);
        return counts && scheduling && !held && number(kernel, "tick_nohz_full_running", 1, 0) == 0;
    }

    private static long number(LiveKernel kernel, String variable, int bytes, long otherwise) {
        OptionalLong address = kernel.findInTable(variable);
        return address.isPresent() ? kernel.number(address.getAsLong(), bytes) : otherwise;
    }

    private static Pulse of(LiveKernel kernel, int cpu, OptionalLong queues) {
        int heartbeat = 1;
        for (int i = 0; i < COUNTS.size(); i++) {
            long counts = PerCpu.address(kernel, COUNTS.get(i), cpu);
            int bytes = kernel.layout(COUNT_TYPES.get(i)).type().bytes();
            heartbeat = 31 * heartbeat + Arrays.hashCode(kernel.memory().read(counts, bytes));
        }
        if (queues.isEmpty()) {
            return new Pulse(cpu, heartbeat, OptionalLong.empty(), 0, false);
        }
        KernelObject queue = kernel.object("rq", queues.getAsLong() + PerCpu.offset(kernel, cpu));
        boolean idle = queue.number("curr") == queue.number("idle");
        return new Pulse(
                cpu,
                heartbeat,
                OptionalLong.of(queue.number("nr_switches")),
                Math.max(0, queue.number("nr_running") - (idle ? 0 : 1)),
                idle);
    }

    // a kernel without CONFIG_KALLSYMS_ALL does not name them, but the first CPU's idle task points into its own
    private static OptionalLong queues(LiveKernel kernel) {
        OptionalLong named = kernel.findInTable("runqueues");
        OptionalLong first = kernel.findInTable("init_task");
        if (named.isPresent() || first.isEmpty() || !kernel.hasStruct("rq")) {
            return named;
        }
        OptionalLong fair = kernel.object("task_struct", first.getAsLong()).findNumber("se.cfs_rq");
        if (fair.orElse(0) == 0) {
            return OptionalLong.empty();
        }
        long queue = fair.getAsLong() - kernel.layout("rq").offset("cfs");
        boolean isFirst = kernel.object("rq", queue).number("cpu") == 0;
        return isFirst ? OptionalLong.of(queue - PerCpu.offset(kernel, 0)) : OptionalLong.empty();
    }
}
