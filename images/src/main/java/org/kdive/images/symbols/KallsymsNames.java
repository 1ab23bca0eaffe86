package org.kdive.images.symbols;

import java.util.Optional;
import org.kdive.images.bytes.Bytes;

/**
 * The packed names and how many there are.
 *
 * <pre>
 * num_syms: u32 (before 4.20 a long)
 * names:    per symbol a length, then as many bytes, each standing for a token. The length is a byte; since 6.1 (73bbb94466fd)
 *           0x80 set means another byte with the upper bits
 * markers:  u32 (before 4.20 a long) for every 256th symbol, its offset in names
 * </pre>
 *
 * @param longLengths lengths may have two bytes
 */
record KallsymsNames(Bytes image, int namesOffset, int count, int countOffset, boolean longLengths) {
    static final int MAX_SYMBOLS = 4 << 20;

    private static final int GROUP = 256;
    private static final int MIN_GROUP_BYTES = 2 * GROUP;
    private static final int MAX_GROUP_BYTES = 140 * GROUP;
    private static final int MAX_MARKERS_DISTANCE = 16 << 20;
    private static final int MAX_PADDING = 256;

    private record Markers(int offset, int slotBytes, int count) {
        long at(Bytes image, int index) {
            return image.wordAt(offset + (long) index * slotBytes, slotBytes);
        }
    }

    /** They are before the tokens in every order that kernels have used. */
    static Optional<KallsymsNames> find(KallsymsTokens tokens) {
        Bytes image = tokens.image();
        for (int slotBytes : new int[] {4, 8}) {
            Optional<Markers> markers = markers(image, tokens.tableOffset(), slotBytes);
            if (markers.isPresent()) {
                Optional<KallsymsNames> names = names(image, markers.get());
                if (names.isPresent()) {
                    return names;
                }
            }
        }
        return Optional.empty();
    }

    /** The longest run that starts with 0 and grows by what 256 names may take. */
    private static Optional<Markers> markers(Bytes image, int end, int slotBytes) {
        int lowest = Math.max(0, end - MAX_MARKERS_DISTANCE);
        Markers best = new Markers(0, slotBytes, 1);
        for (int at = (end - slotBytes) / 4 * 4; at >= lowest; at -= 4) {
            if (image.wordAt(at, slotBytes) == 0) {
                int run = run(image, at, end, slotBytes);
                best = run > best.count() ? new Markers(at, slotBytes, run) : best;
            }
        }
        return best.count() > 1 ? Optional.of(best) : Optional.empty();
    }

    private static int run(Bytes image, int from, int end, int slotBytes) {
        long previous = 0;
        int count = 1;
        for (int at = from + slotBytes; at <= end - slotBytes; at += slotBytes) {
            long grown = image.wordAt(at, slotBytes) - previous;
            if (grown < MIN_GROUP_BYTES || grown > MAX_GROUP_BYTES) {
                return count;
            }
            previous += grown;
            count++;
        }
        return count;
    }

    private static Optional<KallsymsNames> names(Bytes image, Markers markers) {
        // What follows the markers may look like one more; then the names end before it.
        for (int count = markers.count(); count > 1 && count >= markers.count() - 2; count--) {
            Markers cut = new Markers(markers.offset(), markers.slotBytes(), count);
            long highest = markers.offset() - cut.at(image, count - 1);
            long lowest = Math.max(16, highest - MAX_GROUP_BYTES - MAX_PADDING);
            for (long at = highest / 4 * 4; at >= lowest; at -= 4) {
                Optional<KallsymsNames> names = namesAt(image, (int) at, cut);
                if (names.isPresent()) {
                    return names;
                }
            }
        }
        return Optional.empty();
    }

    private static Optional<KallsymsNames> namesAt(Bytes image, int at, Markers markers) {
        for (int before : new int[] {8, 4, 16}) {
            long count = image.u32At(at - before);
            boolean plausible = count > (markers.count() - 1L) * GROUP && count <= (long) markers.count() * GROUP;
            if (plausible && count <= MAX_SYMBOLS) {
                for (boolean longLengths : new boolean[] {true, false}) {
                    KallsymsNames names =
                            new KallsymsNames(image, at, (int) count, countStart(image, at, before), longLengths);
                    if (names.agreesWith(markers)) {
                        return Optional.of(names);
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** A big-endian long holds its value in the second half. */
    private static int countStart(Bytes image, int names, int before) {
        boolean upperHalf = before == 4
                && image.order() == java.nio.ByteOrder.BIG_ENDIAN
                && names % 8 == 0
                && image.u32At(names - 8L) == 0;
        return upperHalf ? names - 8 : names - before;
    }

    private boolean agreesWith(Markers markers) {
        int at = namesOffset;
        for (int i = 0; i < count; i++) {
            if (i % GROUP == 0 && at - namesOffset != markers.at(image, i / GROUP)) {
                return false;
            }
            at = skip(at, markers.offset());
            if (at < 0) {
                return false;
            }
        }
        return markers.offset() - at < MAX_PADDING;
    }

    /** Where the next name is, or -1 if this one does not end before the limit. */
    private int skip(int at, int limit) {
        if (at + 2 > limit) {
            return -1;
        }
        int next = at + lengthBytes(at) + length(at);
        return next > limit || next == at + 1 ? -1 : next;
    }

    /** How many bytes the length itself takes. */
    int lengthBytes(int at) {
        return longLengths && image.u8At(at) >= 0x80 ? 2 : 1;
    }

    int length(int at) {
        int first = image.u8At(at);
        return longLengths && first >= 0x80 ? (first & 0x7f) | image.u8At(at + 1L) << 7 : first;
    }
}
