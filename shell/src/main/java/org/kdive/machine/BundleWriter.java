package org.kdive.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.kdive.images.disk.Qcow2Snapshot;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpValue;

/** Puts one snapshot of a machine of ours into a {@link MachineBundle}. */
final class BundleWriter {
    private static final Duration ANSWER = Duration.ofSeconds(30);

    private final MachineSpec spec;
    private final RunDirectory run;
    private final QmpClient qmp;

    BundleWriter(MachineSpec spec, RunDirectory run, QmpClient qmp) {
        this.spec = spec;
        this.run = run;
        this.qmp = qmp;
    }

    /** The file is there when all of it is, and not before. */
    void write(Path file, String tag, Properties debugger, Map<String, byte[]> papers) {
        requirePortable();
        Path whole = file.toAbsolutePath();
        Path part = whole.resolveSibling(whole.getFileName() + ".part");
        try {
            if (Files.exists(whole)) {
                throw new FileAlreadyExistsException(whole.toString());
            }
            try {
                writeAll(part, tag, debugger, papers);
                Files.move(part, whole);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (FileAlreadyExistsException e) {
            throw BundleReader.broken(file, "is there already; give a name that is not, or remove it");
        } catch (IOException e) {
            throw new MachineException(
                    "checkpoint export %s: %s".formatted(file, e.getMessage()), new MachineFailure.BadBundle(file), e);
        }
    }

    private void requirePortable() {
        refuse(!spec.snapshots() || spec.kernel() == null, "kdive did not boot a kernel of its own choice there");
        refuse(spec.recording() != null, "a recording is a directory that can be taken elsewhere already");
        refuse(spec.firmware() != null, "the disk that U-Boot reads is not in it");
        refuse(!spec.shares().isEmpty(), "a shared directory is on no other machine; boot without --share");
        refuse(
                spec.disks().stream().anyMatch(disk -> disk.access() == Disk.Access.READ_WRITE),
                "what it wrote is in the disk's own file; boot without ,rw");
    }

    private static void refuse(boolean wrong, String why) {
        if (wrong) {
            throw new MachineException("checkpoint export: " + why, new MachineFailure.NotPortable(why));
        }
    }

    private void writeAll(Path part, String tag, Properties debugger, Map<String, byte[]> papers) throws IOException {
        Properties machine = new Properties();
        HardwareProperties hardware = new HardwareProperties(machine);
        hardware.write(spec);
        machine.setProperty("format", MachineBundle.FORMAT);
        machine.setProperty("tag", tag);
        machine.setProperty("machine", spec.machine().replaceFirst("^[^,]*", versionedType()));
        machine.setProperty("qemu.version", qmp.greeting().version());
        List<String> disks = new ArrayList<>();
        spec.disks().forEach(disk -> disks.add(MachineBundle.diskWords(disk)));
        hardware.put("disk", disks);
        try (OutputStream out = Files.newOutputStream(part);
                ZipOutputStream zip = new ZipOutputStream(out)) {
            zip.setLevel(Deflater.BEST_SPEED); // most of it is zeros and text; the rest does not shrink by trying
            put(zip, machine, MachineBundle.KERNEL, spec.findKernel().orElseThrow());
            if (spec.initrd() != null) {
                put(zip, machine, MachineBundle.INITRD, spec.initrd());
            }
            snapshot(zip, machine, MachineBundle.STATE, MachineSpec.SNAPSHOT_NODE, run.snapshotImage(), tag);
            for (int i = 0; i < spec.disks().size(); i++) {
                if (spec.disks().get(i).access() == Disk.Access.SCRATCH) {
                    snapshot(zip, machine, MachineBundle.diskName(i), MachineSpec.diskNode(i), run.diskOverlay(i), tag);
                }
            }
            for (Map.Entry<String, byte[]> paper : papers.entrySet()) {
                zip.putNextEntry(new ZipEntry(paper.getKey()));
                zip.write(paper.getValue());
                zip.closeEntry();
            }
            text(zip, "debugger.properties", debugger);
            text(zip, "machine.properties", machine);
        }
    }

    /** {@code pc} is another machine in each QEMU; what it stands for in this one is the same in later ones. */
    private String versionedType() {
        List<QmpValue> types = answer("query-machines", Map.of()).list();
        return types.stream()
                .filter(type -> type.find("alias")
                        .filter(alias -> alias.text().equals(spec.machineType()))
                        .isPresent())
                .map(type -> type.text("name"))
                .findFirst()
                .orElse(spec.machineType());
    }

    private QmpValue answer(String command, Map<String, String> arguments) {
        return Waits.within(qmp.execute(command, arguments), ANSWER, command)
                .orElseThrow(() -> new MachineException(
                        "%s: no answer within %d s".formatted(command, ANSWER.toSeconds()),
                        new MachineFailure.NotReady(ANSWER, "")));
    }

    private void snapshot(ZipOutputStream zip, Properties machine, String name, String node, Path image, String tag)
            throws IOException {
        // what QEMU still holds of the image's tables
        var unused = answer("human-monitor-command", Map.of("command-line", "qemu-io %s flush".formatted(node)));
        Path alone = Files.createTempFile(run.path(), "export", ".qcow2");
        try {
            Qcow2Snapshot.extract(image, tag, alone);
            put(zip, machine, name, alone);
        } finally {
            Files.deleteIfExists(alone);
        }
    }

    private static void put(ZipOutputStream zip, Properties machine, String name, Path file) throws IOException {
        zip.putNextEntry(new ZipEntry(name));
        long bytes;
        try (InputStream in = Files.newInputStream(file);
                DigestInputStream summed = new DigestInputStream(in, Digests.sha256())) {
            bytes = summed.transferTo(zip);
            machine.setProperty(
                    name + ".sha256",
                    HexFormat.of().formatHex(summed.getMessageDigest().digest()));
        }
        machine.setProperty(name + ".bytes", Long.toString(bytes));
        zip.closeEntry();
    }

    private static void text(ZipOutputStream zip, String name, Properties facts) throws IOException {
        StringWriter text = new StringWriter();
        facts.store(text, "a kdive checkpoint");
        zip.putNextEntry(new ZipEntry(name));
        zip.write(text.toString().getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }
}
