package org.kdive.machine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpEvent;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.qmp.QmpSubscription;
import org.kdive.qmp.QmpValue;

/**
 * Directories that the guest gets while it runs. QEMU can plug a virtio-9p device at any time but takes the
 * file system behind it only at launch. So there are slots: file systems at paths in the run directory where nothing is
 * until a directory is shared; then a symbolic link. QEMU follows it when the device is plugged. Confined to one thread.
 */
public final class Shares {
    private record Plugged(Share share, int slot, int port) {
        String slotName() {
            return share.access().slot(slot);
        }

        String device() {
            return "plug-" + slotName();
        }
    }

    private final MachineSpec spec;
    private final RunDirectory run;
    private final QmpClient qmp;
    private final Map<String, Plugged> plugged = new LinkedHashMap<>();

    Shares(MachineSpec spec, RunDirectory run, QmpClient qmp) {
        this.spec = spec;
        this.run = run;
        this.qmp = qmp;
    }

    /** Those of the launch, then those added since. */
    public List<Share> list() {
        List<Share> all = new ArrayList<>(spec.shares());
        plugged.values().forEach(one -> all.add(one.share()));
        return List.copyOf(all);
    }

    /** Plugs it in. A running guest sees the device after about a second; a stopped one when it runs again. */
    public void add(Share share) {
        if (!Files.isDirectory(share.directory())) {
            throw new MachineException(
                    "share %s: not a directory".formatted(share.directory()),
                    new MachineFailure.NotADirectory(share.directory()));
        }
        if (list().stream().anyMatch(other -> other.tag().equals(share.tag()))) {
            throw new MachineException(
                    "share %s: the tag %s is taken".formatted(share.directory(), share.tag()),
                    new MachineFailure.TagTaken(share.tag()));
        }
        if (onPcie() && !QemuCommandLine.hasRootPorts(spec)) {
            throw new MachineException(
                    "share %s: nothing can be plugged into %s while it runs; share it at the launch (--share)"
                            .formatted(share.directory(), spec.machine()),
                    new MachineFailure.NoShareSlot(0));
        }
        Plugged plug = new Plugged(share, freeSlot(share), freePort());
        Path link = run.shareSlot(share.access(), plug.slot());
        try {
            Files.deleteIfExists(link);
            Files.createSymbolicLink(link, share.directory());
        } catch (IOException e) {
            throw new MachineException("share %s: %s".formatted(share.directory(), e), noSlot(), e);
        }
        qmp.call("device_add", arguments(plug));
        plugged.put(share.tag(), plug);
    }

    private Map<String, Object> arguments(Plugged plug) {
        Map<String, Object> arguments = new LinkedHashMap<>();
        arguments.put("driver", "virtio-9p-pci");
        arguments.put("id", plug.device());
        arguments.put("fsdev", plug.slotName());
        arguments.put("mount_tag", plug.share().tag());
        if (onPcie()) {
            arguments.put("bus", QemuCommandLine.rootPort(plug.port()));
        }
        return arguments;
    }

    /**
     * Unplugs one that was added, once the guest lets go of it, which it does not while it is stopped or has it mounted:
     * {@link MachineFailure.ShareInUse} then. The request stands, and may be repeated.
     */
    public void remove(String tag, Duration deadline) {
        Plugged plug = plugged.get(tag);
        if (plug == null) {
            throw new MachineException(
                    "no directory was shared as %s since the launch".formatted(tag), new MachineFailure.NoShare(tag));
        }
        try (QmpSubscription deleted = qmp.subscribe(event -> isDeletionOf(plug.device(), event))) {
            if (isPlugged(plug) && deleted.poll(deadline).isEmpty()) {
                throw new MachineException(
                        "remove %s: the guest has not let go of it; umount it there and try again".formatted(tag),
                        new MachineFailure.ShareInUse(tag));
            }
        }
        plugged.remove(tag);
    }

    /** Asks for the removal; false when an earlier request has come true meanwhile. */
    private boolean isPlugged(Plugged plug) {
        try {
            qmp.call("device_del", Map.of("id", plug.device()));
            return true;
        } catch (QmpException e) {
            if (e.failure() instanceof QmpFailure.Refused refused
                    && refused.errorClass().equals("DeviceNotFound")) {
                return false;
            }
            throw e;
        }
    }

    // QEMU 7.2 tells of the file system's half, which goes first, and now and then never of the device itself
    private static boolean isDeletionOf(String device, QmpEvent event) {
        String path = "/machine/peripheral/" + device;
        return event.name().equals("DEVICE_DELETED")
                && event.data()
                        .find("path")
                        .map(QmpValue::text)
                        .filter(gone -> gone.equals(path) || gone.startsWith(path + "/"))
                        .isPresent();
    }

    private int freeSlot(Share share) {
        Set<Integer> taken = plugged.values().stream()
                .filter(other -> other.share().access() == share.access())
                .map(Plugged::slot)
                .collect(Collectors.toSet());
        return firstFree(spec.shareSlots(), taken);
    }

    private int freePort() {
        if (!onPcie()) {
            return 0;
        }
        return firstFree(
                QemuCommandLine.ROOT_PORTS,
                plugged.values().stream().map(Plugged::port).collect(Collectors.toSet()));
    }

    private int firstFree(int count, Set<Integer> taken) {
        return IntStream.range(0, count)
                .filter(i -> !taken.contains(i))
                .findFirst()
                .orElseThrow(() -> new MachineException(
                        "share a directory: all %d places are taken; remove one".formatted(count), noSlot()));
    }

    private MachineFailure noSlot() {
        return new MachineFailure.NoShareSlot(spec.shareSlots());
    }

    private boolean onPcie() {
        return QemuCommandLine.isPcie(spec.machineType());
    }
}
