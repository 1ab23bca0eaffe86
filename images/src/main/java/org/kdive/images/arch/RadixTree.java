package org.kdive.images.arch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;

/** What all page tables share: levels of tables, each indexed by its own bits of the address. */
final class RadixTree {
    /** One level: the address bits from {@code shift} up index its table. */
    record Level(String name, int shift, int indexBits) {}

    /** Another table, or with a {@code pageShift} above 0 the page itself. */
    record Entry(long base, int pageShift, Rights rights) {
        static Entry table(long base, Rights rights) {
            return new Entry(base, 0, rights);
        }
    }

    /** Tells the entries of one architecture. */
    interface Format {
        /** Empty for an entry that maps nothing. */
        Optional<Entry> decode(long entry, Level level);
    }

    private final Memory physical;
    private final ByteOrder order;
    private final int entryBytes;
    private final Format format;

    RadixTree(Memory physical, ByteOrder order, int entryBytes, Format format) {
        this.physical = physical;
        this.order = order;
        this.entryBytes = entryBytes;
        this.format = format;
    }

    PageWalk walk(long root, List<Level> levels, long address) {
        List<PageWalk.Step> steps = new ArrayList<>(levels.size());
        Rights rights = Rights.ALL;
        long table = root;
        for (Level level : levels) {
            long index = address >>> level.shift() & (1L << level.indexBits()) - 1;
            long at = table + index * entryBytes;
            Optional<Long> raw = read(at);
            if (raw.isEmpty()) {
                return unmapped(steps);
            }
            steps.add(new PageWalk.Step(level.name(), at, raw.get()));
            Optional<Entry> found = format.decode(raw.get(), level);
            if (found.isEmpty()) {
                return unmapped(steps);
            }
            Entry entry = found.get();
            rights = rights.and(entry.rights());
            if (entry.pageShift() > 0) {
                long within = (1L << entry.pageShift()) - 1;
                long where = (entry.base() & ~within) | (address & within);
                return new PageWalk(steps, Optional.of(new Translation(where, within + 1, rights)));
            }
            table = entry.base();
        }
        return unmapped(steps);
    }

    static PageWalk unmapped(List<PageWalk.Step> steps) {
        return new PageWalk(steps, Optional.empty());
    }

    private Optional<Long> read(long at) {
        try {
            ByteBuffer bytes = ByteBuffer.wrap(physical.read(at, entryBytes)).order(order);
            return Optional.of(entryBytes == 8 ? bytes.getLong() : bytes.getInt() & 0xffff_ffffL);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault) {
                return Optional.empty();
            }
            throw e;
        }
    }
}
