package org.kdive.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Properties;

/** A recorded machine as a file of properties. */
final class SpecProperties {
    private final Recording recording;
    private final Properties facts;
    private final HardwareProperties hardware;

    SpecProperties(Recording recording, Properties facts) {
        this.recording = recording;
        this.facts = facts;
        this.hardware = new HardwareProperties(facts);
    }

    Properties written(MachineSpec spec) throws IOException {
        hardware.write(spec);
        facts.setProperty("qemu", spec.qemu());
        facts.setProperty("kernel", Boolean.toString(spec.kernel() != null));
        facts.setProperty("initrd", Boolean.toString(spec.initrd() != null));
        List<String> disks = new ArrayList<>();
        for (Disk disk : spec.disks()) {
            disks.add("%s %s %s".formatted(disk.access().name(), stamp(disk.file()), disk.file()));
        }
        hardware.put("disk", disks);
        return facts;
    }

    MachineSpec read() {
        try {
            return spec(hardware.read()).with(recording);
        } catch (IOException | IllegalArgumentException e) {
            throw refused("%s is damaged: %s".formatted(recording.facts().getFileName(), e.getMessage()));
        }
    }

    private MachineSpec spec(MachineSpec.Builder builder) throws IOException {
        builder.qemu(hardware.require("qemu")).extra(hardware.list("extra"));
        if (Boolean.parseBoolean(hardware.require("kernel"))) {
            builder.kernel(recording.kernel());
        }
        if (Boolean.parseBoolean(hardware.require("initrd"))) {
            builder.initrd(recording.initrd());
        }
        for (String words : hardware.list("disk")) {
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

    private MachineException refused(String why) {
        return new MachineException(
                "replay %s: %s".formatted(recording.directory(), why),
                new MachineFailure.NoRecording(recording.directory()));
    }
}
