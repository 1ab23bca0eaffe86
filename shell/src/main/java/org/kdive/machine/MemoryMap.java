package org.kdive.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.qmp.QmpClient;

/**
 * What the guest's physical addresses lead to.
 *
 * @param ranges which of them lie where in the file behind the guest's RAM
 * @param areas all that lead anywhere, in order: RAM, ROM and devices; between them are holes
 */
public record MemoryMap(List<Range> ranges, List<Area> areas) {
    // "  0000000100000000-000000023fffffff (prio 0, ram): ram @00000000c0000000 KVM"     end inclusive, offset 0 left
    // out
    private static final Pattern RANGE =
            Pattern.compile("\\s*([0-9a-f]{16})-([0-9a-f]{16}) \\(prio -?\\d+, (?:ram|rom|romd)\\): "
                    + Pattern.quote(QemuCommandLine.RAM) + "(?: @([0-9a-f]{16}))?(?: KVM)?\\s*");

    // "  00000000fec00000-00000000fec00fff (prio 0, i/o): ioapic"      a rom device that is being programmed is i/o,
    // too
    private static final Pattern AREA = Pattern.compile(
            "\\s*([0-9a-f]{16})-([0-9a-f]{16}) \\(prio -?\\d+, ([a-z/]+)\\): (.*?)(?: @[0-9a-f]{16})?(?: KVM)?\\s*");

    /** What QEMU puts behind an address. */
    public enum Kind {
        RAM,
        ROM,
        DEVICE
    }

    /** Addresses that are one thing, by QEMU's name of it. */
    public record Area(Kind kind, long physicalAddress, long lengthBytes, String name) {
        public boolean contains(long address) {
            return Long.compareUnsigned(address - physicalAddress, lengthBytes) < 0;
        }
    }

    /** {@code lengthBytes} from {@code physicalAddress} on lie at {@code offset} in the file. */
    public record Range(long physicalAddress, long lengthBytes, long offset) {
        boolean contains(long address) {
            return Long.compareUnsigned(address - physicalAddress, lengthBytes) < 0;
        }
    }

    public MemoryMap {
        ranges = List.copyOf(ranges);
        areas = List.copyOf(areas);
    }

    /** As QEMU sees it now: firmware moves the first MiB about until the kernel starts. */
    static MemoryMap read(QmpClient qmp) {
        // QEMU 7.2 keeps the views that several of its address spaces share for ever once this has listed them, some 35
        // KiB
        // for each snapshot that is loaded in between; snapshots alone, as jobs or by savevm and loadvm, keep nothing.
        return parse(qmp.call("human-monitor-command", Map.of("command-line", "info mtree -f"))
                .text());
    }

    /** Of all the views that QEMU lists, the one of the address space "memory". */
    static MemoryMap parse(String flatViews) {
        List<Range> ranges = new ArrayList<>();
        List<Area> areas = new ArrayList<>();
        boolean memory = false;
        for (String line : flatViews.lines().toList()) {
            if (line.startsWith("FlatView")) {
                memory = false;
            } else if (line.startsWith(" AS \"memory\"")) {
                memory = true;
            } else if (memory) {
                range(line).ifPresent(ranges::add);
                area(line).ifPresent(areas::add);
            }
        }
        return new MemoryMap(ranges, areas);
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

    private static Optional<Area> area(String line) {
        Matcher matcher = AREA.matcher(line);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        Kind kind = switch (matcher.group(3)) {
            case "ram" -> Kind.RAM;
            case "rom", "romd" -> Kind.ROM;
            default -> Kind.DEVICE; // i/o, and ramd: the RAM of a device
        };
        long first = Long.parseUnsignedLong(matcher.group(1), 16);
        long last = Long.parseUnsignedLong(matcher.group(2), 16);
        return Optional.of(new Area(kind, first, last - first + 1, matcher.group(4)));
    }

    /** Empty in a hole. */
    public Optional<Area> areaAt(long physicalAddress) {
        return areas.stream().filter(area -> area.contains(physicalAddress)).findFirst();
    }

    Optional<Range> find(long physicalAddress) {
        return ranges.stream().filter(range -> range.contains(physicalAddress)).findFirst();
    }
}
