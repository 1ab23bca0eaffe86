package org.kdive.qmp;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.kdive.qmp.RunControl.Plain;

/** The commands about devices, CPUs and character devices. QEMU qapi/qdev.json, machine.json, char.json, qom.json. */
public final class Devices {
    private Devices() {}

    /** {@code threadId} is QEMU's host thread for this CPU. */
    public record Cpu(int index, String qomPath, long threadId) {}

    /** {@code filename} tells what it is connected to, "pty:/dev/pts/3" for one. */
    public record Chardev(String label, String filename, boolean frontendOpen) {}

    /** Plugs a device in; properties are the device's own, "id" and "bus" among them. */
    public record DeviceAdd(String driver, Map<String, ?> properties) implements Plain {
        public DeviceAdd {
            properties = Map.copyOf(properties);
        }

        @Override
        public String name() {
            return "device_add";
        }

        @Override
        public Map<String, ?> arguments() {
            Map<String, Object> all = new LinkedHashMap<>();
            all.put("driver", driver);
            all.putAll(properties);
            return all;
        }
    }

    /** Asks the guest to let go; DEVICE_DELETED with this "device" comes when it has, which may be never. */
    public record DeviceDel(String id) implements Plain {
        @Override
        public String name() {
            return "device_del";
        }

        @Override
        public Map<String, ?> arguments() {
            return Map.of("id", id);
        }
    }

    public record QueryCpusFast() implements QmpCommand<List<Cpu>> {
        @Override
        public String name() {
            return "query-cpus-fast";
        }

        @Override
        public List<Cpu> read(QmpValue reply) {
            return reply.list().stream()
                    .map(cpu -> new Cpu((int) cpu.number("cpu-index"), cpu.text("qom-path"), cpu.number("thread-id")))
                    .toList();
        }
    }

    public record QueryChardev() implements QmpCommand<List<Chardev>> {
        @Override
        public String name() {
            return "query-chardev";
        }

        @Override
        public List<Chardev> read(QmpValue reply) {
            return reply.list().stream()
                    .map(one -> new Chardev(one.text("label"), one.text("filename"), one.flag("frontend-open")))
                    .toList();
        }
    }

    /** A property of an object in QEMU's tree, whatever its type. */
    public record QomGet(String path, String property) implements Plain {
        @Override
        public String name() {
            return "qom-get";
        }

        @Override
        public Map<String, ?> arguments() {
            return QmpArguments.with("path", path).and("property", property).map();
        }
    }

    /** The properties of an object in QEMU's tree: name to type, "child<virtio-9p-pci>" for a device. */
    public record QomList(String path) implements QmpCommand<Map<String, String>> {
        @Override
        public String name() {
            return "qom-list";
        }

        @Override
        public Map<String, ?> arguments() {
            return Map.of("path", path);
        }

        @Override
        public Map<String, String> read(QmpValue reply) {
            Map<String, String> types = new LinkedHashMap<>();
            reply.list().forEach(property -> types.put(property.text("name"), property.text("type")));
            return types;
        }
    }
}
