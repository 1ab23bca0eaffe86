package org.kdive.session;

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

    private final RspClient stub;
    private final ThreadId thread;
    private final Optional<MappedMemory> mapped; // empty: every read is a packet
    private final Supplier<Optional<MemoryMap>> machineMap;
    private Optional<MemoryMap> machine = Optional.empty(); // until asked for; of the whole stop
    private final Map<Long, byte[]> pages = new HashMap<>(); // an empty array: not readable

    /** @param machineMap what lies at physical addresses; asked for what is mapped and no RAM of ours */
    StopMemory(
            RspClient stub, ThreadId thread, Optional<MappedMemory> mapped, Supplier<Optional<MemoryMap>> machineMap) {
        this.stub = stub;
        this.thread = thread;
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
        byte[] bytes = new byte[length];
        int done = 0;
        while (done < length) {
            long here = address + done;
            int offset = (int) (here & (PAGE_BYTES - 1));
            byte[] page = page(here - offset);
            if (page.length == 0) {
                throw reason(here);
            }
            int count = Math.min(length - done, PAGE_BYTES - offset);
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

    private byte[] page(long start) {
        return pages.computeIfAbsent(start, this::readPage);
    }

    private byte[] readPage(long start) {
        try {
            return direct(start, PAGE_BYTES);
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
