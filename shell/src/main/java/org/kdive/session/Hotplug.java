package org.kdive.session;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.kdive.images.disk.DiskImage;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.qmp.QmpSubscription;
import org.kdive.qmp.QmpType;
import org.kdive.qmp.QmpValue;

/** Devices and disks that come and go while the machine is there. Session thread. */
public final class Hotplug {
    private static final String PLUGGED = "/machine/peripheral";
    private static final Duration SLICE = Duration.ofMillis(100);

    private final MonitorDesk monitors;
    private final Map<String, Path> disks = new LinkedHashMap<>(); // by the name of their block node
    private int devicesNamed;
    private int disksNamed;

    Hotplug(MonitorDesk monitors) {
        this.monitors = monitors;
    }

    /** Devices that somebody gave a name: name to type, {@code virtio-9p-pci}. */
    public Map<String, String> named() {
        Map<String, String> devices = new TreeMap<>();
        for (QmpValue one : monitors.call("qom-list", Map.of("path", PLUGGED)).list()) {
            String type = one.text("type");
            if (type.startsWith("child<")) {
                devices.put(one.text("name"), type.substring("child<".length(), type.length() - 1));
            }
        }
        return devices;
    }

    /** A driver's properties: name to what QEMU says of it. Refused for a driver that QEMU does not have. */
    public Map<String, Property> properties(String driver) {
        Map<String, Property> properties = new TreeMap<>();
        for (QmpValue one : monitors.call("device-list-properties", Map.of("typename", driver))
                .list()) {
            properties.put(
                    one.text("name"),
                    new Property(
                            one.text("type"),
                            one.find("description").map(QmpValue::text).orElse("")));
        }
        return properties;
    }

    /** QEMU's words for one property. */
    public record Property(String type, String description) {
        QmpType.Scalar scalar() {
            if (type.equals("bool")) {
                return QmpType.Scalar.BOOLEAN;
            }
            return type.matches("u?int(8|16|32|64)|size") ? QmpType.Scalar.INT : QmpType.Scalar.STRING;
        }
    }

    /** Plugs a device in and gives its name, one made here if the properties have no id. A PCIe machine takes it at a free root port. */
    public String add(String driver, Map<String, String> typed) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("driver", driver);
        arguments.put("id", typed.getOrDefault("id", "dev" + devicesNamed));
        Map<String, Property> known = properties(driver);
        typed.forEach((name, value) -> {
            if (!name.equals("id")) {
                QmpType.Scalar type = Optional.ofNullable(known.get(name))
                        .map(Property::scalar)
                        .orElse(QmpType.Scalar.STRING);
                arguments.put(name, type.read(monitors.schema(), value));
            }
        });
        plug(arguments);
        devicesNamed++;
        return String.valueOf(arguments.get("id"));
    }

    private void plug(Map<String, Object> arguments) {
        try {
            monitors.call("device_add", arguments);
        } catch (QmpException e) {
            if (arguments.containsKey("bus") || !says(e, "does not support hotplugging")) {
                throw e;
            }
            atRootPort(arguments, e);
        }
    }

    // Shares take the ports from the first on, so these come from the last.
    private void atRootPort(Map<String, Object> arguments, QmpException none) {
        List<String> ports = new ArrayList<>(named().entrySet().stream()
                .filter(device -> device.getValue().equals("pcie-root-port"))
                .map(Map.Entry::getKey)
                .toList());
        ports.sort(Comparator.reverseOrder());
        for (String port : ports) {
            arguments.put("bus", port);
            try {
                monitors.call("device_add", arguments);
                return;
            } catch (QmpException taken) {
                if (!says(taken, "already occupied") && !says(taken, "in use by")) {
                    throw taken;
                }
            }
        }
        throw none;
    }

    // QEMU has no error classes for these (hw/core/qdev.c, hw/pci/pci.c)
    private static boolean says(QmpException e, String words) {
        return e.failure() instanceof QmpFailure.Refused refused
                && refused.description().contains(words);
    }

    /**
     * Asks the guest to let a device go and waits for it; false when it has not in that time, which it does not while it is
     * stopped. Asking again is harmless.
     *
     * @param goesOn asked between; throws to end the waiting
     */
    public boolean remove(String id, Duration deadline, Runnable goesOn) {
        try (QmpSubscription deleted = monitors.watch("DEVICE_DELETED")) {
            monitors.call("device_del", Map.of("id", id));
            long end = System.nanoTime() + deadline.toNanos();
            while (System.nanoTime() - end < 0) {
                boolean gone = deleted.poll(SLICE)
                        .flatMap(event -> event.data().find("device"))
                        .filter(device -> device.text().equals(id))
                        .isPresent();
                if (gone) {
                    return true;
                }
                goesOn.run();
            }
            return !named().containsKey(id);
        }
    }

    /** Plugs a disk in for a file of the host, which the guest writes to unless it is read-only; gives its name. */
    public String addDisk(Path file, boolean readOnly) {
        if (!Files.isReadable(file)) {
            throw new SessionException(
                    "disk add: %s: no such file, or not readable".formatted(file),
                    new SessionFailure.Io(file.toString()));
        }
        String name = "disk" + disksNamed++;
        Map<String, Object> node = new LinkedHashMap<>();
        // named always: a guest can make a disk of guessed format look like another
        node.put("driver", DiskImage.read(file).format().word());
        node.put("node-name", name);
        node.put("read-only", readOnly);
        node.put("file", Map.of("driver", "file", "filename", file.toString()));
        monitors.call("blockdev-add", node);
        try {
            plug(new LinkedHashMap<>(Map.of("driver", "virtio-blk-pci", "drive", name, "id", "plug-" + name)));
        } catch (QmpException e) {
            monitors.call("blockdev-del", Map.of("node-name", name));
            throw e;
        }
        disks.put(name, file);
        return name;
    }

    /** The disks that were added here: name to file. */
    public Map<String, Path> disks() {
        return Map.copyOf(disks);
    }

    /** Takes a disk out; false as for {@link #remove}. */
    public boolean ejectDisk(String name, Duration deadline, Runnable goesOn) {
        if (!disks.containsKey(name)) {
            throw new SessionException(
                    "disk eject: no disk %s was added; there %s"
                            .formatted(name, disks.isEmpty() ? "are none" : "are " + String.join(", ", disks.keySet())),
                    new SessionFailure.Usage("disk eject NAME"));
        }
        String device = "plug-" + name;
        if (named().containsKey(device) && !remove(device, deadline, goesOn)) {
            return false;
        }
        monitors.call("blockdev-del", Map.of("node-name", name));
        disks.remove(name);
        return true;
    }
}
