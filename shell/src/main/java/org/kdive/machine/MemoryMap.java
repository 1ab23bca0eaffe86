package org.kdive.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.qmp.QmpClient;

/** Which guest-physical addresses lie where in the file behind the guest's RAM. */
record MemoryMap(List<Range> ranges) {
    // "  0000000100000000-000000023fffffff (prio 0, ram): ram @00000000c0000000 KVM"     end inclusive, offset 0 left
    // out
    private static final Pattern RANGE =
            Pattern.compile("\\s*([0-9a-f]{16})-([0-9a-f]{16}) \\(prio -?\\d+, (?:ram|rom|romd)\\): "
                    + Pattern.quote(QemuCommandLine.RAM) + "(?: @([0-9a-f]{16}))?(?: KVM)?\\s*");

    /** {@code lengthBytes} from {@code physicalAddress} on lie at {@code offset} in the file. */
    record Range(long physicalAddress, long lengthBytes, long offset) {
        boolean contains(long address) {
            return Long.compareUnsigned(address - physicalAddress, lengthBytes) < 0;
        }
    }

    MemoryMap {
        ranges = List.copyOf(ranges);
    }

    /** As QEMU sees it now: firmware moves the first MiB about until the kernel starts. */
    static MemoryMap read(QmpClient qmp) {
        return parse(qmp.call("human-monitor-command", Map.of("command-line", "info mtree -f"))
                .text());
    }

    /** Of all the views that QEMU lists, the one of the address space "memory". */
    static MemoryMap parse(String flatViews) {
        List<Range> ranges = new ArrayList<>();
        boolean memory = false;
        for (String line : flatViews.lines().toList()) {
            if (line.startsWith("FlatView")) {
                memory = false;
            } else if (line.startsWith(" AS \"memory\"")) {
                memory = true;
            } else if (memory) {
                range(line).ifPresent(ranges::add);
            }
        }
        return new MemoryMap(ranges);
    }

    private static Optional<Range> range(String line) {
        Matcher matcher = RANGE.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        long first = Long.parseUnsignedLong(matcher.group(1), 16);
        long last = Long.parseUnsignedLong(matcher.group(2), 16);
        String offset = matcher.group(3);
        return Optional.of(new Range(first, last - first + 1, offset == null ? 0 : Long.parseUnsignedLong(offset, 16)));
    }

    Optional<Range> find(long physicalAddress) {
        return ranges.stream().filter(range -> range.contains(physicalAddress)).findFirst();
    }
}
