package org.kdive.command;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.kdive.machine.MemoryMap;
import org.kdive.qmp.QmpValue;
import org.kdive.session.MonitorDesk;

/** The words of {@code info} that speak of QEMU's hardware: devices, block, cpus, memory, mtree. */
final class HardwareWords {
    private static final Pattern VIEW = Pattern.compile("(?m)(?=^FlatView #)");

    private HardwareWords() {}

    static List<Command> all() {
        return List.of(devices(), block(), cpus(), memory(), mtree());
    }

    private static Command devices() {
        return Command.named("devices")
                .usage("info devices")
                .summary("what is on the PCI buses, and what has a name: device del takes that")
                .help("monitor info qtree shows everything, with all properties.")
                .runs((session, arguments, output) -> {
                    MonitorDesk monitors = session.hypervisor().monitors();
                    Map<String, String> rest =
                            new TreeMap<>(session.hypervisor().hotplug().named());
                    monitors.call("query-pci", Map.of()).list().forEach(bus -> pci(bus, rest, output));
                    rest.forEach((name, type) -> output.line("%-10s %-11s %s  id %s", "", "", type, name));
                });
    }

    private static void pci(QmpValue bus, Map<String, String> named, Output output) {
        for (QmpValue device : bus.list("devices")) {
            String name = device.text("qdev_id");
            String type = named.containsKey(name) ? named.remove(name) + ", " : "";
            String what = device.require("class_info")
                    .find("desc")
                    .map(QmpValue::text)
                    .orElseGet(() -> "class 0x%04x"
                            .formatted(device.require("class_info").number("class")));
            output.line(
                    "%02x:%02x.%x    %04x:%04x   %s%s%s",
                    device.number("bus"),
                    device.number("slot"),
                    device.number("function"),
                    device.require("id").number("vendor"),
                    device.require("id").number("device"),
                    type,
                    what,
                    name.isEmpty() ? "" : "  id " + name);
            device.find("pci_bridge")
                    .flatMap(bridge -> bridge.find("devices"))
                    .ifPresent(behind -> pci(QmpValue.of(Map.of("devices", behind)), named, output));
        }
    }

    private static Command block() {
        return Command.named("block")
                .usage("info block")
                .summary("the disks: node, format, size, file, and who may write")
                .runs((session, arguments, output) -> {
                    List<QmpValue> nodes = session.hypervisor()
                            .monitors()
                            .call("query-named-block-nodes", Map.of())
                            .list();
                    List<QmpValue> named = nodes.stream()
                            .filter(node -> !node.text("node-name").startsWith("#"))
                            .toList();
                    if (named.isEmpty()) {
                        output.line("No disks.");
                    }
                    named.forEach(node -> output.line(
                            "%-12s %-8s %10.1f MiB  %s%s",
                            node.text("node-name"),
                            node.text("drv"),
                            node.require("image").number("virtual-size") / 1048576.0,
                            node.text("file"),
                            node.flag("ro") ? " (read-only)" : ""));
                });
    }

    private static Command cpus() {
        return Command.named("cpus")
                .usage("info cpus")
                .summary("the CPUs as QEMU has them, with their threads on the host")
                .runs((session, arguments, output) -> {
                    MonitorDesk monitors = session.hypervisor().monitors();
                    for (QmpValue cpu :
                            monitors.call("query-cpus-fast", Map.of()).list()) {
                        String type = monitors.call("qom-get", Map.of("path", cpu.text("qom-path"), "property", "type"))
                                .text();
                        output.line(
                                "CPU %-3d %-18s host thread %d",
                                cpu.number("cpu-index"), type, cpu.number("thread-id"));
                    }
                });
    }

    private static Command memory() {
        return Command.named("memory")
                .usage("info memory")
                .summary("what lies where in the guest's physical memory: RAM, ROM and devices")
                .help("Between the lines are holes. kdive reads RAM and ROM; a device is read only by monitor xp.")
                .runs((session, arguments, output) -> {
                    List<MemoryMap.Area> areas =
                            session.hypervisor().requireMachine().memoryMap().areas();
                    areas.forEach(area -> output.line(
                            "0x%010x-0x%010x %10s  %-6s %s",
                            area.physicalAddress(),
                            area.physicalAddress() + area.lengthBytes() - 1,
                            size(area.lengthBytes()),
                            area.kind().name().toLowerCase(Locale.ROOT),
                            area.name()));
                });
    }

    private static String size(long bytes) {
        if (bytes >= 1 << 20 && bytes % (1 << 20) == 0) {
            return (bytes >> 20) + " MiB";
        }
        return bytes >= 1 << 10 && bytes % (1 << 10) == 0 ? (bytes >> 10) + " KiB" : bytes + " B";
    }

    private static Command mtree() {
        return Command.named("mtree")
                .usage("info mtree [WORD]")
                .summary("what answers at which physical address, as the CPUs see it")
                .help("WORD leaves only the lines that have it. monitor info mtree shows the tree behind this view.")
                .runs((session, arguments, output) -> {
                    String all = session.hypervisor().monitor("info mtree -f");
                    String view = VIEW.splitAsStream(all)
                            .filter(one -> one.contains("AS \"memory\""))
                            .findFirst()
                            .orElse(all);
                    view.lines()
                            .filter(line -> line.startsWith("  "))
                            .filter(line -> line.contains(arguments.tail()))
                            .forEach(line -> output.line("%s", line.strip()));
                });
    }
}
