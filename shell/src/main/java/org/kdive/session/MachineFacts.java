package org.kdive.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.machine.Machine;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpValue;

/** What there is to say about the machine on one screen. Session thread. */
final class MachineFacts {
    private final Target target;
    private final Map<String, String> facts = new LinkedHashMap<>();

    private MachineFacts(Target target) {
        this.target = target;
    }

    /** Name and value, in order. */
    static Map<String, String> of(Target target, SlideSearch slide) {
        MachineFacts made = new MachineFacts(target);
        target.qmp().ifPresent(made::qemu);
        made.facts.put("accelerator", target.isTcg() ? "TCG" : "not TCG");
        made.facts.put("architecture", target.architecture().label());
        made.kernel();
        made.facts.put("KASLR slide", slide.explain());
        target.runState().ifPresent(state -> made.facts.put("run state", state));
        made.facts.put("memory is read", "from " + target.ram().way());
        made.channels();
        return made.facts;
    }

    private void qemu(QmpClient qmp) {
        String process =
                target.machine().map(machine -> ", process " + machine.pid()).orElse(", not kdive's own");
        facts.put("QEMU", qmp.greeting().version() + process);
        asked("qom-get", Map.of("path", "/machine", "property", "type"))
                .ifPresent(type -> facts.put("machine", type.text().replaceFirst("-machine$", "") + ours()));
        asked("query-cpus-fast", Map.of())
                .ifPresent(cpus -> facts.put("CPUs", String.valueOf(cpus.list().size())));
        asked("query-memory-size-summary", Map.of())
                .ifPresent(size -> facts.put("memory", (size.number("base-memory") >> 20) + " MiB"));
        asked("query-pci", Map.of())
                .ifPresent(buses -> facts.put(
                        "devices",
                        buses.list().stream()
                                        .mapToInt(bus -> count(bus.list("devices")))
                                        .sum() + " on PCI; info devices"));
    }

    /** What it was asked for as, where that is another name: pc, virt. */
    private String ours() {
        return target.machine()
                .map(Machine::spec)
                .map(spec -> " (" + spec.machine() + ")")
                .orElse("");
    }

    private static int count(List<QmpValue> devices) {
        int all = devices.size();
        for (QmpValue device : devices) {
            all += device.find("pci_bridge")
                    .flatMap(bridge -> bridge.find("devices"))
                    .map(behind -> count(behind.list()))
                    .orElse(0);
        }
        return all;
    }

    // a QEMU may lack a command, and an architecture a bus
    private Optional<QmpValue> asked(String command, Map<String, ?> arguments) {
        try {
            return Optional.of(target.requireQmp("info machine").call(command, arguments));
        } catch (QmpException e) {
            return Optional.empty();
        }
    }

    private void kernel() {
        if (target.hasKernel()) {
            target.image().ifPresent(image -> {
                facts.put("kernel", image.source());
                image.banner().ifPresent(banner -> facts.put("banner", banner.strip()));
            });
        }
    }

    private void channels() {
        String channels = "gdb stub" + (target.qmp().isPresent() ? ", QMP" : "")
                + (target.console().isPresent() ? ", console" : "");
        facts.put(
                "channels",
                channels
                        + target.machine()
                                .map(machine -> "; in " + machine.runDirectory())
                                .orElse(""));
    }
}
