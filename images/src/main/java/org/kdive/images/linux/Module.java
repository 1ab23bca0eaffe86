package org.kdive.images.linux;

import java.util.List;
import java.util.OptionalLong;

/**
 * A loaded module.
 *
 * @param address of its {@code struct module}
 * @param ranges the memory it has, the text first; what it needed to start only is gone once it lives
 * @param references as lsmod counts them; empty on kernels that cannot unload
 * @param kallsyms where its symbols are described now: another place once it lives
 */
public record Module(
        long address, String name, State state, List<Range> ranges, OptionalLong references, long kallsyms) {
    /** enum module_state, but for UNFORMED, which no one sees. */
    public enum State {
        LIVE,
        COMING,
        GOING
    }

    /**
     * Some of a module's memory.
     *
     * @param kind as the kernel calls it, in small letters: text, data, rodata, ro_after_init, init_text ...; core and
     *     init before Linux 6.4
     */
    public record Range(String kind, long base, long sizeBytes) {
        public boolean holds(long address) {
            return Long.compareUnsigned(address - base, sizeBytes) < 0;
        }
    }

    public Module {
        ranges = List.copyOf(ranges);
    }

    public boolean holds(long address) {
        return ranges.stream().anyMatch(range -> range.holds(address));
    }

    /** As lsmod shows it. */
    public long sizeBytes() {
        return ranges.stream().mapToLong(Range::sizeBytes).sum();
    }

    /** Where its code begins, as /proc/modules shows it; 0 if it has no memory. */
    public long base() {
        return ranges.isEmpty() ? 0 : ranges.get(0).base();
    }

    /** Whether another look found the same module with the same symbols: reference counts change all the time. */
    public boolean isSameAs(Module other) {
        return address == other.address && kallsyms == other.kallsyms && name.equals(other.name);
    }
}
