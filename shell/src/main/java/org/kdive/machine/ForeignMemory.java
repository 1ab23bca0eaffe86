package org.kdive.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpClient;

/**
 * The RAM of a QEMU of the same user that somebody else started on this host. It is found through the Unix socket of its
 * monitor, asked where its guest's memory lies in it, and read there: in the file behind it if it is shared, else in the
 * process's own memory, as far as the kernel lets us. Trusted only after pages read both ways were the same.
 */
public final class ForeignMemory {
    // "Host virtual address for 0x100000 (pc.ram) is 0x7f0123456000"       monitor/misc.c, hmp_gpa2hva
    private static final Pattern HOST_ADDRESS = Pattern.compile("\\) is 0x([0-9a-f]+)\\s*");
    // "0000000000100000: 0x0000000000000000 0x0000000000000000"
    private static final Pattern WORD = Pattern.compile("0x([0-9a-f]{16})");
    private static final int MOST_AREAS = 64;
    private static final int SAMPLES = 32;
    private static final int SAMPLE_WORDS = 16;

    private final QmpClient qmp;
    private final long pid;
    private final MemoryMap machine;

    private ForeignMemory(QmpClient qmp, long pid) {
        this.qmp = qmp;
        this.pid = pid;
        this.machine = MemoryMap.read(qmp);
    }

    /** The guest must be stopped. Throws NoMemory with the reason why it cannot be read so. */
    public static GuestMemory open(QmpClient qmp, Path monitor) {
        try {
            OptionalLong pid = SocketOwner.find(monitor);
            if (pid.isEmpty()) {
                throw refused("no QEMU of this user on this host listens at " + monitor, null);
            }
            return new ForeignMemory(qmp, pid.getAsLong()).open();
        } catch (IOException | UncheckedIOException e) {
            throw refused(String.valueOf(e.getMessage()), e);
        }
    }

    private static MachineException refused(String why, @Nullable Throwable cause) {
        return new MachineException("open the guest's RAM: " + why, new MachineFailure.NoMemory(0), cause);
    }

    private GuestMemory open() throws IOException {
        List<HostRange> ranges = hostRanges();
        List<HostMapping> mappings = HostMapping.of(pid);
        HostRange largest = ranges.stream()
                .max(Comparator.comparingLong(HostRange::lengthBytes))
                .orElseThrow(() -> refused("its monitor does not tell where RAM is", null));
        Optional<HostMapping> behind = HostMapping.find(mappings, largest).filter(HostMapping::isSharedFile);
        Optional<Path> file = behind.isPresent() ? descriptor(behind.get()) : Optional.empty();
        GuestMemory opened =
                file.isPresent() ? shared(file.get(), behind.orElseThrow(), ranges, mappings) : ownMemory(ranges);
        try {
            verify(opened, largest);
            return opened;
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
    }

    private GuestMemory shared(Path file, HostMapping behind, List<HostRange> ranges, List<HostMapping> mappings)
            throws IOException {
        List<MemoryMap.Range> inFile = new ArrayList<>();
        for (HostRange range : ranges) {
            HostMapping.find(mappings, range)
                    .filter(mapping -> mapping.isSameFile(behind))
                    .ifPresent(mapping -> inFile.add(range.at(mapping.offsetOf(range.hostAddress()))));
        }
        return GuestMemory.foreign(
                FileChannel.open(file, StandardOpenOption.READ),
                new MemoryMap(inFile, machine.areas()),
                "the file behind the RAM of process " + pid);
    }

    private GuestMemory ownMemory(List<HostRange> ranges) throws IOException {
        return GuestMemory.foreign(
                FileChannel.open(Path.of("/proc/" + pid + "/mem"), StandardOpenOption.READ),
                new MemoryMap(
                        ranges.stream()
                                .map(range -> range.at(range.hostAddress()))
                                .toList(),
                        machine.areas()),
                "the memory of process " + pid);
    }

    private List<HostRange> hostRanges() {
        List<HostRange> ranges = new ArrayList<>();
        machine.areas().stream()
                .filter(area -> area.kind() != MemoryMap.Kind.DEVICE)
                .limit(MOST_AREAS)
                .forEach(area -> {
                    Matcher said = HOST_ADDRESS.matcher(monitor("gpa2hva 0x%x".formatted(area.physicalAddress())));
                    if (said.find()) {
                        long host = Long.parseUnsignedLong(said.group(1), 16);
                        ranges.add(new HostRange(area.physicalAddress(), area.lengthBytes(), host));
                    }
                });
        return ranges;
    }

    private Optional<Path> descriptor(HostMapping mapping) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return all.filter(mapping::isBehind).findFirst();
        }
    }

    // most pages of a guest are empty, and empty pages prove nothing
    private void verify(GuestMemory memory, HostRange largest) {
        int same = 0;
        long stride = largest.lengthBytes() / SAMPLES & -PageSums.PAGE_BYTES;
        for (int i = 0; i < SAMPLES; i++) {
            long address = largest.physicalAddress() + i * stride;
            byte[] ours = memory.read(address, SAMPLE_WORDS * Long.BYTES);
            ByteBuffer theirs = ByteBuffer.allocate(ours.length).order(ByteOrder.LITTLE_ENDIAN);
            Matcher words = WORD.matcher(monitor("xp /%dxg 0x%x".formatted(SAMPLE_WORDS, address)));
            while (theirs.hasRemaining() && words.find()) {
                theirs.putLong(Long.parseUnsignedLong(words.group(1), 16));
            }
            if (!ByteBuffer.wrap(ours).equals(theirs.flip())) {
                throw refused("what lies there is not what QEMU reads at 0x%x".formatted(address), null);
            }
            same += isEmpty(ours) ? 0 : 1;
        }
        if (same == 0) {
            throw refused("it is empty wherever it was looked at, so that nothing could be compared", null);
        }
    }

    private static boolean isEmpty(byte[] bytes) {
        for (byte one : bytes) {
            if (one != 0) {
                return false;
            }
        }
        return true;
    }

    private String monitor(String line) {
        return qmp.call("human-monitor-command", Map.of("command-line", line)).text();
    }
}
