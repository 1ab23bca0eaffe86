package org.kdive.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.Properties;

/** What a machine is made of, as properties: lists have a number behind their names. */
final class HardwareProperties {
    private final Properties facts;

    HardwareProperties(Properties facts) {
        this.facts = facts;
    }

    void write(MachineSpec spec) {
        facts.setProperty("architecture", spec.architecture().name());
        facts.setProperty("memory.mib", Long.toString(spec.memoryBytes() / MachineSpec.MIB));
        facts.setProperty("cpus", Integer.toString(spec.cpus()));
        facts.setProperty("machine", spec.machine());
        facts.setProperty("cpu", spec.cpu());
        facts.setProperty("accelerator", spec.accelerator().name());
        facts.setProperty("share.slots", Integer.toString(spec.shareSlots()));
        spec.findSeed().ifPresent(seed -> facts.setProperty("seed", Long.toString(seed)));
        put("append", spec.append());
        put("extra", spec.extra());
    }

    /** All of it but the words for QEMU itself. Throws IllegalArgumentException. */
    MachineSpec.Builder read() {
        MachineSpec.Builder builder = MachineSpec.builder()
                .architecture(GuestArchitecture.valueOf(require("architecture")))
                .memoryBytes(Math.multiplyExact(Long.parseLong(require("memory.mib")), MachineSpec.MIB))
                .cpus(Integer.parseInt(facts.getProperty("cpus", "1")))
                .machine(require("machine"))
                .cpu(require("cpu"))
                .accelerator(Accelerator.valueOf(facts.getProperty("accelerator", Accelerator.TCG.name())))
                .append(list("append").toArray(String[]::new));
        String seed = facts.getProperty("seed");
        if (seed != null) {
            builder.seed(Long.parseLong(seed));
        }
        return builder;
    }

    void put(String name, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            facts.setProperty(name + "." + i, values.get(i));
        }
    }

    List<String> list(String name) {
        List<String> values = new ArrayList<>();
        for (String value = facts.getProperty(name + ".0");
                value != null;
                value = facts.getProperty(name + "." + values.size())) {
            values.add(value);
        }
        return values;
    }

    String require(String name) {
        String value = facts.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return value;
    }
}
