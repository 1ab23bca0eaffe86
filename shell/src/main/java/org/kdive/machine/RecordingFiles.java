package org.kdive.machine;

import java.io.IOException;
import java.io.Reader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Properties;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import org.kdive.images.disk.DiskImage;
import org.kdive.images.disk.Qcow2Snapshot;
import org.kdive.images.disk.Qcow2Writer;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;

/** Reads and writes what is in the directory of a {@link Recording}. */
final class RecordingFiles {
    private static final String FORMAT = "1";
    private static final String MIDWAY = "midway";
    private static final Duration ANSWER = Duration.ofSeconds(3);

    private final MachineSpec spec;
    private final Recording recording;

    RecordingFiles(MachineSpec spec, Recording recording) {
        this.spec = spec;
        this.recording = recording;
    }

    /** Before QEMU starts: what is kept of the machine, or what is copied so that the recording stays as it is. */
    void prepare(RunDirectory run) throws IOException {
        if (recording.isRecord()) {
            create();
        } else {
            Files.copy(recording.state(), run.snapshotImage());
            for (int i = 0; i < spec.disks().size(); i++) {
                if (spec.disks().get(i).access() == Disk.Access.SCRATCH) {
                    Files.copy(recording.overlay(i), run.diskOverlay(i));
                }
            }
        }
        new ConsolePipe(run).make();
    }

    private void create() throws IOException {
        if (recording.isRecordOn()) {
            return; // all of it was laid there
        }
        Path directory = recording.directory();
        requireFree(directory);
        Files.createDirectories(directory);
        ScratchImage.write(recording.state());
        for (int i = 0; i < spec.disks().size(); i++) {
            Disk disk = spec.disks().get(i);
            if (disk.access() == Disk.Access.SCRATCH) {
                Qcow2Writer.writeEmpty(
                        recording.overlay(i), DiskImage.read(disk.file()).virtualBytes());
            }
        }
        copy(spec.kernel(), recording.kernel());
        copy(spec.initrd(), recording.initrd());
    }

    static void requireFree(Path directory) {
        if (Files.exists(directory) && !isEmpty(directory)) {
            throw new MachineException(
                    "record: %s is there already; give a name that is not, or remove it".formatted(directory),
                    new MachineFailure.NoRecording(directory));
        }
    }

    private static boolean isEmpty(Path directory) {
        try (var inside = Files.list(directory)) {
            return inside.findAny().isEmpty();
        } catch (IOException e) {
            return false; // no directory, or not ours
        }
    }

    /**
     * What a recording needs that begins where a machine is: a snapshot of it, as one of a machine that counts instructions. What
     * QEMU still holds of the images' tables must have been written.
     */
    void lay(RunDirectory run, String tag) throws IOException {
        requireFree(recording.directory());
        Files.createDirectories(recording.directory());
        try {
            Qcow2Snapshot.extract(run.snapshotImage(), tag, recording.state());
            CountedState.convert(recording.state(), tag);
            for (int i = 0; i < spec.disks().size(); i++) {
                if (spec.disks().get(i).access() == Disk.Access.SCRATCH) {
                    Qcow2Snapshot.extract(run.diskOverlay(i), tag, recording.overlay(i));
                }
            }
            copy(spec.kernel(), recording.kernel());
            copy(spec.initrd(), recording.initrd());
        } catch (IOException | RuntimeException e) {
            discard();
            throw e;
        }
    }

    /** Nothing was recorded: what is there is taken away again. */
    void discard() {
        List<Path> files = new ArrayList<>(
                List.of(recording.state(), recording.log(), recording.kernel(), recording.initrd(), recording.facts()));
        for (int i = 0; i < spec.disks().size(); i++) {
            files.add(recording.overlay(i));
        }
        files.add(recording.directory()); // if there is nothing else in it
        for (Path file : files) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException e) {
                return; // it is in nobody's way but the next recording's, which says so
            }
        }
    }

    private static void copy(@Nullable Path from, Path to) throws IOException {
        if (from != null) {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        }
    }

    /** QEMU is up. A recording learns by which it was made; a replay needs the same: another has other devices inside. */
    void launched(String qemuVersion) throws IOException {
        if (recording.isRecord()) {
            Properties facts = new SpecProperties(recording, new Properties()).written(spec);
            facts.setProperty("format", FORMAT);
            facts.setProperty("qemu.version", qemuVersion);
            facts.setProperty(MIDWAY, Boolean.toString(recording.isRecordOn()));
            store(facts);
            return;
        }
        String made = load().getProperty("qemu.version", "?");
        if (!made.equals(qemuVersion)) {
            throw refused("replay %s: it was recorded by QEMU %s, and this is %s; --qemu PROGRAM names the other"
                    .formatted(recording.directory(), made, qemuVersion));
        }
    }

    /** How many instructions ran, after stopping the guest; empty when QEMU does not say. */
    static OptionalLong stopAndCount(QmpClient qmp) {
        try {
            qmp.execute("stop", Map.of(), ANSWER).join();
            return OptionalLong.of(
                    qmp.execute("query-replay", Map.of(), ANSWER).join().number("icount"));
        } catch (CompletionException | QmpException e) {
            return OptionalLong.empty(); // the recording stays without an end, and replay says so
        }
    }

    /** QEMU has ended in order: the log is whole. */
    void finish(long instructions) {
        try {
            Properties facts = load();
            facts.setProperty("instructions", Long.toString(instructions));
            store(facts);
        } catch (IOException e) {
            throw new UncheckedIOException("finish the recording " + recording.directory(), e);
        }
    }

    /** The machine of a finished recording, to be replayed. */
    static MachineSpec read(Path directory) {
        Recording recording = Recording.from(directory);
        RecordingFiles files = new RecordingFiles(MachineSpec.builder().build(), recording);
        Properties facts;
        try {
            facts = files.load();
        } catch (IOException | IllegalArgumentException e) {
            throw files.refused("replay %s: no recording; kdive boot KERNEL --record %s makes one"
                    .formatted(recording.directory(), recording.directory()));
        }
        if (!FORMAT.equals(facts.getProperty("format"))) {
            throw files.refused("replay %s: recorded by another kdive".formatted(recording.directory()));
        }
        if (files.length(facts) <= 0) {
            throw files.refused("replay %s: it was never finished: QEMU or kdive was killed while it recorded"
                    .formatted(recording.directory()));
        }
        List<Path> needed = new ArrayList<>(List.of(recording.log(), recording.state()));
        MachineSpec spec = new SpecProperties(recording, facts).read();
        if (spec.kernel() != null) {
            needed.add(spec.kernel());
        }
        if (spec.initrd() != null) {
            needed.add(spec.initrd());
        }
        needed.stream().filter(file -> !Files.isReadable(file)).findFirst().ifPresent(file -> {
            throw files.refused("replay %s: %s is missing".formatted(recording.directory(), file.getFileName()));
        });
        return spec;
    }

    /** How many instructions were recorded. */
    static long length(Recording recording) {
        RecordingFiles files = new RecordingFiles(MachineSpec.builder().build(), recording);
        try {
            return files.length(files.load());
        } catch (IOException e) {
            throw new UncheckedIOException("read " + recording.facts(), e);
        }
    }

    /** Whether it began where a machine was. */
    static boolean isMidway(Recording recording) {
        try {
            Properties facts = new RecordingFiles(MachineSpec.builder().build(), recording).load();
            return Boolean.parseBoolean(facts.getProperty(MIDWAY));
        } catch (IOException e) {
            throw new UncheckedIOException("read " + recording.facts(), e);
        }
    }

    private long length(Properties facts) {
        try {
            return Long.parseLong(facts.getProperty("instructions", "0"));
        } catch (NumberFormatException e) {
            throw refused("replay %s: %s is damaged".formatted(recording.directory(), recording.facts()));
        }
    }

    private Properties load() throws IOException {
        Properties facts = new Properties();
        try (Reader in = Files.newBufferedReader(recording.facts())) {
            facts.load(in);
        }
        return facts;
    }

    private void store(Properties facts) throws IOException {
        Path whole = recording.directory().resolve("machine.properties.new");
        try (Writer out = Files.newBufferedWriter(whole)) {
            facts.store(out, "a kdive recording");
        }
        Files.move(whole, recording.facts(), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }

    private MachineException refused(String message) {
        return new MachineException(message, new MachineFailure.NoRecording(recording.directory()));
    }
}
