package org.kdive.images.symbols;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.bytes.Bytes;

/**
 * Where each symbol is. Kernels have encoded this in several ways and places, and distributions carry changes back, so
 * every known way is tried; the right one makes the addresses ascend, the wrong ones do not.
 *
 * <pre>
 * before 6.4    offsets | addresses, relative_base, num_syms, names, markers, token_table, token_index
 * from 6.4      num_syms, names, markers, token_table, token_index, offsets, relative_base
 * from 7.0      likewise without relative_base: each offset counts from its own place (a081b5789255)
 * </pre>
 */
final class KallsymsAddresses {
    /** How a table's entries become addresses. */
    private enum Encoding {
        BASE_RELATIVE,
        /** x86-64 before 6.15: negative ones count down from the base, others are absolute per-CPU offsets. */
        ABSOLUTE_PERCPU,
        PLACE_RELATIVE,
        ABSOLUTE
    }

    private static final int MOST_PER_CPU_BYTES = 0x10000;

    private record Layout(Encoding encoding, long table, long base) {}

    private final Bytes image;
    private final KallsymsNames names;
    private final int indexEnd;
    private final int wordBytes;
    private final LinkMap map;

    KallsymsAddresses(KallsymsTokens tokens, KallsymsNames names, int wordBytes, LinkMap map) {
        this.image = tokens.image();
        this.names = names;
        this.indexEnd = tokens.indexOffset() + KallsymsTokens.INDEX_BYTES;
        this.wordBytes = wordBytes;
        this.map = map;
    }

    /** In the order of the names; empty if no known layout makes sense. */
    Optional<long[]> read() {
        for (Layout layout : layouts()) {
            Optional<long[]> addresses = read(layout);
            if (addresses.isPresent()) {
                return addresses;
            }
        }
        return Optional.empty();
    }

    private List<Layout> layouts() {
        int count = names.count();
        List<Layout> layouts = new ArrayList<>();
        long after = align(indexEnd, wordBytes);
        relative(layouts, after, align(after + 4L * count, wordBytes));
        long baseBefore = names.countOffset() - (long) wordBytes;
        relative(layouts, baseBefore - align(4L * count, wordBytes), baseBefore);
        layouts.add(new Layout(Encoding.PLACE_RELATIVE, align(indexEnd, 4), 0));
        layouts.add(new Layout(Encoding.ABSOLUTE, names.countOffset() - (long) wordBytes * count, 0));
        if (wordBytes == 4) {
            layouts.add(new Layout(Encoding.ABSOLUTE, align(indexEnd, 4), 0));
        }
        return layouts;
    }

    private void relative(List<Layout> layouts, long table, long base) {
        layouts.add(new Layout(Encoding.BASE_RELATIVE, table, base));
        layouts.add(new Layout(Encoding.ABSOLUTE_PERCPU, table, base));
    }

    private Optional<long[]> read(Layout layout) {
        int count = names.count();
        int entryBytes = layout.encoding() == Encoding.ABSOLUTE ? wordBytes : 4;
        boolean hasBase = layout.base() != 0;
        if (!image.holds(layout.table(), (long) count * entryBytes)
                || (hasBase && !image.holds(layout.base(), wordBytes))) {
            return Optional.empty();
        }
        OptionalLong base = base(layout);
        if (base.isEmpty()) {
            return Optional.empty();
        }
        long[] addresses = new long[count];
        long previous = 0;
        int different = 0;
        boolean holdsBase = !hasBase;
        for (int i = 0; i < count; i++) {
            long address = address(layout.encoding(), layout.table() + (long) i * entryBytes, base.getAsLong(), i);
            if (Long.compareUnsigned(address, previous) < 0) {
                return Optional.empty();
            }
            holdsBase |= address == base.getAsLong();
            different += address != previous ? 1 : 0;
            previous = address;
            addresses[i] = address;
        }
        // A stretch of zeros ascends as well; and the base is the address of the first symbol that is not absolute.
        if (!holdsBase || different < count / 4) {
            return Optional.empty();
        }
        map.settle(hasBase ? base.getAsLong() : firstOf(addresses));
        return Optional.of(addresses);
    }

    /** The lowest that is no offset into a per-CPU area. */
    private long firstOf(long[] addresses) {
        long least = wordBytes == 8 && addresses[addresses.length - 1] < 0 ? Long.MIN_VALUE : MOST_PER_CPU_BYTES;
        for (long address : addresses) {
            if (Long.compareUnsigned(address, least) >= 0) {
                return address;
            }
        }
        return addresses[0];
    }

    private OptionalLong base(Layout layout) {
        return switch (layout.encoding()) {
            case BASE_RELATIVE, ABSOLUTE_PERCPU ->
                OptionalLong.of(map.relocated(layout.base(), image.wordAt(layout.base(), wordBytes)));
            case PLACE_RELATIVE -> map.addressOf(layout.table());
            case ABSOLUTE -> OptionalLong.of(0);
        };
    }

    private long address(Encoding encoding, long at, long base, int index) {
        long address = switch (encoding) {
            case BASE_RELATIVE -> base + image.u32At(at);
            case ABSOLUTE_PERCPU -> image.s32At(at) < 0 ? base - 1 - image.s32At(at) : image.s32At(at);
            case PLACE_RELATIVE -> base + 4L * index + image.s32At(at);
            case ABSOLUTE -> image.wordAt(at, wordBytes);
        };
        return wordBytes == 4 ? address & 0xffff_ffffL : address;
    }

    private static long align(long offset, int alignment) {
        return (offset + alignment - 1) / alignment * alignment;
    }
}
