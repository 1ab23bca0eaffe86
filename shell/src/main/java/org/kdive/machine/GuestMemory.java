package org.kdive.machine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The guest's RAM by physical address, read straight from the file behind it: no packet, no stop, also while the guest
 * runs (then each byte is of its own moment). Never written through here. Safe from any thread.
 *
 * <p>The file is QEMU's memfd, opened through {@code /proc/PID/fd}: it has no name, and ends with the last who has it
 * open. Linux, and QEMU's own user or root.
 */
public final class GuestMemory implements AutoCloseable {
    // backends/hostmem-memfd.c names the file so.
    private static final String LINK = "/memfd:memory-backend-memfd";

    private static final int PAGES_AT_ONCE = 256;

    private final FileChannel file;
    private final MemoryMap map;
    private final String way;

    private GuestMemory(FileChannel file, MemoryMap map, String way) {
        this.file = file;
        this.map = map;
        this.way = way;
    }

    /** @param map its ranges lie where they say in what {@code file} reads */
    static GuestMemory foreign(FileChannel file, MemoryMap map, String way) {
        return new GuestMemory(file, map, way);
    }

    /** Where the bytes come from, in words. */
    public String way() {
        return way;
    }

    static GuestMemory open(long pid, MemoryMap map) {
        Path descriptors = Path.of("/proc", Long.toString(pid), "fd");
        try {
            Path ram = find(descriptors).orElseThrow(() -> unavailable(descriptors + " has no " + LINK, null));
            return new GuestMemory(
                    FileChannel.open(ram, StandardOpenOption.READ), map, "the file behind the RAM of process " + pid);
        } catch (IOException e) {
            throw unavailable(e.toString(), e);
        }
    }

    private static MachineException unavailable(String why, @Nullable Throwable cause) {
        return new MachineException("open the guest's RAM: " + why, new MachineFailure.NoMemory(0), cause);
    }

    // The lowest descriptor: the machine's own RAM is opened before anything the user may have added.
    private static Optional<Path> find(Path descriptors) throws IOException {
        try (Stream<Path> all = Files.list(descriptors)) {
            List<Path> sorted = all.sorted(Comparator.comparingInt(
                            path -> Integer.parseInt(path.getFileName().toString())))
                    .toList();
            for (Path path : sorted) {
                if (linksToRam(path)) {
                    return Optional.of(path);
                }
            }
            return Optional.empty();
        }
    }

    private static boolean linksToRam(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith(LINK);
        } catch (IOException closedMeanwhile) {
            return false;
        }
    }

    /** All of it or {@link MachineFailure.NoMemory} with the first address that is not RAM. */
    public byte[] read(long physicalAddress, int lengthBytes) {
        ByteBuffer bytes = ByteBuffer.allocate(lengthBytes);
        while (bytes.hasRemaining()) {
            readSome(physicalAddress + bytes.position(), bytes);
        }
        return bytes.array();
    }

    /** What every page holds now. Of a guest that runs each page is of its own moment. */
    public PageSums sums() {
        try {
            int[] sums = new int[(int) (file.size() / PageSums.PAGE_BYTES)];
            IntStream.range(0, (sums.length + PAGES_AT_ONCE - 1) / PAGES_AT_ONCE)
                    .parallel()
                    .forEach(piece -> sum(piece * PAGES_AT_ONCE, sums));
            return new PageSums(sums);
        } catch (IOException e) {
            throw new UncheckedIOException("read guest RAM", e);
        }
    }

    private void sum(int firstPage, int[] sums) {
        int count = Math.min(PAGES_AT_ONCE, sums.length - firstPage);
        ByteBuffer bytes = ByteBuffer.allocate(count * PageSums.PAGE_BYTES);
        try {
            long begin = (long) firstPage * PageSums.PAGE_BYTES;
            while (bytes.hasRemaining() && file.read(bytes, begin + bytes.position()) > 0) {
                // the file is as long as RAM; a short read is continued
            }
        } catch (IOException e) {
            throw new UncheckedIOException("read guest RAM", e);
        }
        CRC32C crc = new CRC32C();
        for (int page = 0; page < count; page++) {
            crc.reset();
            crc.update(bytes.array(), page * PageSums.PAGE_BYTES, PageSums.PAGE_BYTES);
            sums[firstPage + page] = (int) crc.getValue();
        }
    }

    /** Physical addresses of the pages that hold something else now, as far as they are to be seen now. */
    public List<Long> changedSince(PageSums before) {
        PageSums now = sums();
        List<Long> changed = new ArrayList<>();
        for (MemoryMap.Range range : map.ranges()) {
            for (long skip = 0; skip < range.lengthBytes(); skip += PageSums.PAGE_BYTES) {
                if (before.differsAt(range.offset() + skip, now)) {
                    changed.add(range.physicalAddress() + skip);
                }
            }
        }
        return changed;
    }

    private void readSome(long address, ByteBuffer into) {
        MemoryMap.Range range = map.find(address).orElseThrow(() -> noMemory(address));
        long skipped = address - range.physicalAddress();
        int most = (int) Math.min(into.remaining(), range.lengthBytes() - skipped);
        ByteBuffer some = into.slice(into.position(), most);
        try {
            int got = file.read(some, range.offset() + skipped);
            if (got < 0) {
                throw noMemory(address);
            }
            into.position(into.position() + got);
        } catch (IOException e) {
            throw new UncheckedIOException("read guest RAM at physical 0x%x".formatted(address), e);
        }
    }

    private static MachineException noMemory(long address) {
        return new MachineException(
                "read guest RAM: physical 0x%x is not RAM".formatted(address), new MachineFailure.NoMemory(address));
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw new UncheckedIOException("close the guest's RAM", e);
        }
    }
}
