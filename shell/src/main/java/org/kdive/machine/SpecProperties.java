package org.kdive.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** A recorded machine as a file of properties: lists have a number behind their names. */
final class SpecProperties {
    private final MachineSpec spec;
    private final Recording recording;
    private final Properties facts;

    /** To be written. */
    SpecProperties(MachineSpec spec) {
        this.spec = spec;
        this.recording = spec.findRecording().orElseThrow();
        this.facts = new Properties();
    }

    /** To be read. */
    SpecProperties(Recording recording, Properties facts) {
        this.spec = MachineSpec.builder().build();
        this.recording = recording;
        this.facts = facts;
    }

    Properties written() throws IOException {
        facts.setProperty("architecture", spec.architecture().name());
        facts.setProperty("qemu", spec.qemu());
        facts.setProperty("memory.mib", Long.toString(spec.memoryBytes() / MachineSpec.MIB));
        facts.setProperty("machine", spec.machine());
        facts.setProperty("cpu", spec.cpu());
        facts.setProperty("kernel", Boolean.toString(spec.kernel() != null));
        facts.setProperty("initrd", Boolean.toString(spec.initrd() != null));
        put("append", spec.append());
        put("extra", spec.extra());
        List<String> disks = new ArrayList<>();
        for (Disk disk : spec.disks()) {
            disks.add("%s %s %s".formatted(disk.access().name(), stamp(disk.file()), disk.file()));
        }
        put("disk", disks);
        return facts;
    }

    MachineSpec read() {
        try {
            return spec(MachineSpec.builder()).with(recording);
        } catch (IOException | IllegalArgumentException e) {
            throw refused("%s is damaged: %s".formatted(recording.facts().getFileName(), e.getMessage()));
        }
    }

    private MachineSpec spec(MachineSpec.Builder builder) throws IOException {
        builder.architecture(GuestArchitecture.valueOf(require("architecture")))
                .qemu(require("qemu"))
                .memoryBytes(Long.parseLong(require("memory.mib")) * MachineSpec.MIB)
                .machine(require("machine"))
                .cpu(require("cpu"))
                .append(list("append").toArray(String[]::new))
                .extra(list("extra"));
        if (Boolean.parseBoolean(require("kernel"))) {
            builder.kernel(recording.kernel());
        }
        if (Boolean.parseBoolean(require("initrd"))) {
            builder.initrd(recording.initrd());
        }
        for (String words : list("disk")) {
            builder.disk(disk(words));
        }
        return builder.build();
    }

    private Disk disk(String words) throws IOException {
        String[] parts = words.split(" ", 3);
        if (parts.length < 3) {
            throw new IllegalArgumentException("\"" + words + "\" is no disk");
        }
        Path file = Path.of(parts[2]);
        if (!Files.isReadable(file) || !stamp(file).equals(parts[1])) {
            throw refused("its disk %s is not as it was then".formatted(file));
        }
        return new Disk(file, Disk.Access.valueOf(parts[0].toUpperCase(Locale.ROOT)));
    }

    /** Size and time: a disk is too large to be read for this, and too large to be kept. */
    private static String stamp(Path file) throws IOException {
        return Files.size(file) + "@" + Files.getLastModifiedTime(file).toMillis();
    }

    private void put(String name, List<String> values) {
        for (int i = 0; i < values.size(); i++) {
            facts.setProperty(name + "." + i, values.get(i));
        }
    }

    private List<String> list(String name) {
        List<String> values = new ArrayList<>();
        for (String value = facts.getProperty(name + ".0");
                value != null;
                value = facts.getProperty(name + "." + values.size())) {
            values.add(value);
        }
        return values;
    }

    private String require(String name) {
        String value = facts.getProperty(name);
        if (value == null) {
            throw new IllegalArgumentException("no " + name);
        }
        return value;
    }

    private MachineException refused(String why) {
        return new MachineException(
                "replay %s: %s".formatted(recording.directory(), why),
                new MachineFailure.NoRecording(recording.directory()));
    }
}
