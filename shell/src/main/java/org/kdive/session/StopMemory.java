package org.kdive.session;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;
import org.kdive.machine.MemoryMap;

/** A stopped guest's memory as one of its threads sees it, in pages that are read once. Session thread. */
public final class StopMemory implements Memory {
    public static final int PAGE_BYTES = 4096;
    /** Longer reads go past the cache: they are dumps, not looks. */
    private static final int LONG_READ_BYTES = 64 * 1024;

    /** What is read at once over a serial line, 10 ms and more at 115200 baud: nothing is prefetched there. */
    private static final int SHORT_BYTES = 64;

    private final RspClient stub;
    private final ThreadId thread;
    private final int pageBytes; // of the cache, a power of two
    private final Optional<MappedMemory> mapped; // empty: every read is a packet
    private final Supplier<Optional<MemoryMap>> machineMap;
    private Optional<MemoryMap> machine = Optional.empty(); // until asked for; of the whole stop
    private final Map<Long, byte[]> pages = new HashMap<>(); // an empty array: not readable

    /** @param machineMap what lies at physical addresses; asked for what is mapped and no RAM of ours */
    StopMemory(
            RspClient stub, ThreadId thread, Optional<MappedMemory> mapped, Supplier<Optional<MemoryMap>> machineMap) {
        this.stub = stub;
        this.thread = thread;
        this.pageBytes = stub.features().isTerse() ? SHORT_BYTES : PAGE_BYTES;
        this.mapped = mapped;
        this.machineMap = machineMap;
    }

    /** Throws MemoryFault with the first address that cannot be read. */
    @Override
    public byte[] read(long address, int length) {
        if (length < 0) {
            throw new IllegalArgumentException("a read of " + length + " bytes");
        }
        if (length > LONG_READ_BYTES) {
            return direct(address, length);
        }
        if (pageBytes < PAGE_BYTES) {
            readTogether(address, length);
        }
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            long here = address + done;
            int offset = (int) (here & (pageBytes - 1));
            byte[] page = page(here - offset);
            if (page.length == 0) {
                throw reason(here);
            }
            int count = Math.min(length - done, pageBytes - offset);
            System.arraycopy(page, offset, bytes, done, count);
            done += count;
        }
        return bytes;
    }

    /** Where in RAM a page lies; empty where that is not known without the stub. */
    OptionalLong physical(long address) {
        return mapped.map(tables -> tables.physical(address)).orElseGet(OptionalLong::empty);
    }

    /** The readable bytes from the front of the range; shorter than asked when a page is missing, maybe empty. */
    public byte[] readPrefix(long address, int length) {
        try {
            return read(address, length);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault fault) {
                return read(address, (int) (fault.address() - address));
            }
            throw e;
        }
    }

    // what is missing of the range, in as few packets as its length takes
    private void readTogether(long address, int length) {
        long first = address & -pageBytes;
        long last = address + length - 1 & -pageBytes;
        while (first < last && pages.containsKey(first)) {
            first += pageBytes;
        }
        while (first < last && pages.containsKey(last)) {
            last -= pageBytes;
        }
        if (first >= last) {
            return; // one at most
        }
        try {
            byte[] bytes = direct(first, (int) (last - first) + pageBytes);
            for (int at = 0; at < bytes.length; at += pageBytes) {
                pages.putIfAbsent(first + at, Arrays.copyOfRange(bytes, at, at + pageBytes));
            }
        } catch (ImageException e) {
            // not all of it can be read: one by one it is found which
        }
    }

    private byte[] page(long start) {
        return pages.computeIfAbsent(start, this::readPage);
    }

    private byte[] readPage(long start) {
        try {
            return direct(start, pageBytes);
        } catch (ImageException e) {
            return new byte[0];
        }
    }

    private byte[] direct(long address, int length) {
        if (mapped.isEmpty()) {
            return ask(address, length);
        }
        byte[] bytes = new byte[length];
        int read = mapped.get().read(address, bytes);
        if (read == length) {
            return bytes;
        }
        OptionalLong place = mapped.get().physical(address + read);
        if (place.isPresent()) {
            // mapped, and no RAM of ours: firmware, which QEMU's stub answers for, or a device, where a look is an act
            device(place.getAsLong()).ifPresent(name -> {
                throw device(address + read, place.getAsLong(), name);
            });
            byte[] rest = ask(address + read, length - read);
            System.arraycopy(rest, 0, bytes, read, rest.length);
            return bytes;
        }
        throw fault(address + read);
    }

    private Optional<String> device(long physicalAddress) {
        if (machine.isEmpty()) {
            machine = machineMap.get();
        }
        return machine.flatMap(map -> map.areaAt(physicalAddress))
                .filter(area -> area.kind() == MemoryMap.Kind.DEVICE)
                .map(MemoryMap.Area::name);
    }

    private byte[] ask(long address, int length) {
        try {
            CompletableFuture<byte[]> answer = stub.readMemory(thread, address, length);
            return Waits.on(answer, "read memory at 0x%x".formatted(address));
        } catch (RspException e) {
            if (e.failure() instanceof RspFailure.MemoryFault fault) {
                throw fault(fault.address());
            }
            throw e;
        }
    }

    // why a page cannot be read is asked again: nobody keeps it, and few want to know
    private ImageException reason(long address) {
        OptionalLong place = physical(address);
        Optional<String> name = place.isPresent() ? device(place.getAsLong()) : Optional.empty();
        return name.isPresent() ? device(address, place.getAsLong(), name.get()) : fault(address);
    }

    private static ImageException device(long address, long physicalAddress, String name) {
        return new ImageException(
                "0x%x is a device (%s), and reading it may change it; monitor xp /1wx 0x%x does"
                        .formatted(address, name, physicalAddress),
                new ImageFailure.MemoryFault(address));
    }

    private static ImageException fault(long address) {
        return new ImageException(
                "cannot access memory at 0x%x".formatted(address), new ImageFailure.MemoryFault(address));
    }
}
