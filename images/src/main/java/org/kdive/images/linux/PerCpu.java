package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.ImageException;

/** Per-CPU variables: include/asm-generic/percpu.h. */
public final class PerCpu {
    private static final int MOST_CPUS = 8192; // CONFIG_NR_CPUS_RANGE_END, arch/x86/Kconfig

    private PerCpu() {}

    /** A CPU's own copy of a variable; empty if the kernel names no such variable. */
    public static Optional<Long> find(LiveKernel kernel, String variable, int cpu) {
        OptionalLong symbol = kernel.findAddress(variable);
        return symbol.isEmpty() ? Optional.empty() : Optional.of(symbol.getAsLong() + offset(kernel, cpu));
    }

    /** A CPU's own copy of a variable; throws Missing if the kernel does not name it. */
    public static long address(LiveKernel kernel, String variable, int cpu) {
        return kernel.requireAddress(variable) + offset(kernel, cpu);
    }

    /** What to add to a per-CPU symbol; 0 on a kernel for one CPU, which has no such table. */
    public static long offset(LiveKernel kernel, int cpu) {
        if (cpu < 0 || cpu >= MOST_CPUS) {
            return 0;
        }
        OptionalLong table = kernel.findAddress("__per_cpu_offset");
        return table.isEmpty() ? 0 : kernel.pointer(table.getAsLong() + (long) cpu * kernel.pointerBytes());
    }

    /** The CPUs that are on line, ascending; the first alone until the kernel has counted them, or where nothing tells. */
    public static List<Integer> online(LiveKernel kernel) {
        List<Integer> cpus = new ArrayList<>();
        // the mask itself since 4.5 (5aec01b834fd)
        OptionalLong mask = kernel.findAddress("__cpu_online_mask");
        try {
            int bytes = kernel.layout("cpumask").type().bytes();
            for (int cpu = 0; mask.isPresent() && cpu < Math.min(MOST_CPUS, 8 * bytes); cpu++) {
                int wordBytes = kernel.pointerBytes();
                int bits = 8 * wordBytes;
                long word = kernel.pointer(mask.getAsLong() + (long) (cpu / bits) * wordBytes);
                if (word == 0) {
                    cpu += bits - 1 - cpu % bits;
                } else if ((word >>> cpu % bits & 1) != 0) {
                    cpus.add(cpu);
                }
            }
        } catch (ImageException e) {
            cpus.clear(); // no type, or not mapped yet
        }
        return cpus.isEmpty() ? List.of(0) : List.copyOf(cpus);
    }
}
