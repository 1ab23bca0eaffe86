package org.kdive.images.unwind;

import java.util.Arrays;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.SymbolTable;

// entry: prel31 function, then 1 (cannot be unwound), or bit 31 set and the instructions themselves, or prel31 to them
// prel31: 31 bits, signed, from the address of the word
/** The unwind index of a 32-bit Arm kernel. "Exception Handling ABI for the Arm Architecture" (EHABI32), 6. */
public final class ExidxTable {
    private static final int ENTRY_BYTES = 8;
    private static final int CANNOT_UNWIND = 1;

    /** A run of entries shorter than this is chance; the smallest kernels have some thousand. */
    private static final int FEWEST_ENTRIES = 200;

    private final Bytes image;
    private final long imageAddress;
    private final int tableOffset;
    private final int count;

    private ExidxTable(Bytes image, long imageAddress, int tableOffset, int count) {
        this.image = image;
        this.imageAddress = imageAddress;
        this.tableOffset = tableOffset;
        this.count = count;
    }

    /**
     * A table whose place is known.
     *
     * @param image holds the table and the instructions it points to
     * @param imageAddress where the image's first byte is linked
     */
    public static ExidxTable of(Bytes image, long imageAddress, int tableOffset, int count) {
        if (count < 0 || !image.holds(tableOffset, (long) count * ENTRY_BYTES)) {
            throw image.malformedAt(tableOffset, "an unwind index of %d entries".formatted(count));
        }
        return new ExidxTable(image, imageAddress, tableOffset, count);
    }

    /** In a flat kernel, which has no sections: the longest run of entries whose functions ascend and are symbols. */
    public static Optional<ExidxTable> find(KernelImage kernel, SymbolTable symbols) {
        OptionalLong address = kernel.linkAddressOf(0);
        return address.isEmpty() ? Optional.empty() : find(kernel.payload(), address.getAsLong(), symbols);
    }

    static Optional<ExidxTable> find(Bytes image, long imageAddress, SymbolTable symbols) {
        Optional<ExidxTable> best = Optional.empty();
        for (int phase = 0; phase < ENTRY_BYTES; phase += 4) {
            int at = phase;
            while (at + ENTRY_BYTES <= image.size()) {
                int entries = run(image, imageAddress, at);
                ExidxTable candidate = new ExidxTable(image, imageAddress, at, entries);
                if (entries >= FEWEST_ENTRIES
                        && entries > best.map(table -> table.count).orElse(0)
                        && candidate.namesFunctions(symbols)) {
                    best = Optional.of(candidate);
                }
                at += Math.max(1, entries) * ENTRY_BYTES;
            }
        }
        return best;
    }

    private static int run(Bytes image, long imageAddress, int from) {
        int entries = 0;
        long last = -1;
        for (int at = from; at + ENTRY_BYTES <= image.size(); at += ENTRY_BYTES) {
            int word = image.s32At(at);
            int what = image.s32At(at + 4L);
            long function = prel31(word, imageAddress + at);
            boolean isInside = function >= imageAddress && function < imageAddress + image.size();
            boolean isKnown = what == CANNOT_UNWIND || what >>> 28 == 8 || (what > 0 && what != CANNOT_UNWIND);
            if (word < 0 || !isInside || !isKnown || function <= last) {
                return entries;
            }
            last = function;
            entries++;
        }
        return entries;
    }

    private boolean namesFunctions(SymbolTable symbols) {
        int asked = 0;
        int named = 0;
        for (int i = 0; i < count; i += Math.max(1, count / 100)) {
            long function = function(i);
            asked++;
            if (symbols.at(function)
                    .filter(symbol -> symbol.address() == function)
                    .isPresent()) {
                named++;
            }
        }
        return named * 2 > asked;
    }

    private static long prel31(int word, long address) {
        return (address + (word << 1 >> 1)) & 0xffff_ffffL;
    }

    private long function(int index) {
        long at = tableOffset + (long) index * ENTRY_BYTES;
        return prel31(image.s32At(at), imageAddress + at);
    }

    public int count() {
        return count;
    }

    /** Where the table is linked. */
    public long address() {
        return imageAddress + tableOffset;
    }

    /** How to leave one function: its start, and its instructions, empty if it cannot be unwound. */
    record Found(long function, Optional<byte[]> instructions) {}

    /** Empty below the first function. */
    Optional<Found> find(long pc) {
        OptionalInt index = indexOf(pc);
        if (index.isEmpty()) {
            return Optional.empty();
        }
        long at = tableOffset + (long) index.getAsInt() * ENTRY_BYTES + 4;
        int what = image.s32At(at);
        long function = function(index.getAsInt());
        if (what == CANNOT_UNWIND) {
            return Optional.of(new Found(function, Optional.empty()));
        }
        if (what < 0) {
            return Optional.of(new Found(function, Optional.of(instructions(at))));
        }
        long target = prel31(what, imageAddress + at) - imageAddress;
        return Optional.of(new Found(function, Optional.of(instructions(target))));
    }

    private OptionalInt indexOf(long pc) {
        if (count == 0 || pc < function(0)) {
            return OptionalInt.empty();
        }
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (function(middle) <= pc) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        return OptionalInt.of(low);
    }

    // bits 27:24: 0 three bytes of instructions; 1 and 2 two bytes, and bits 23:16 words more; high byte first
    private byte[] instructions(long at) {
        int word = image.s32At(at);
        int model = word >>> 24 & 15;
        if (word >= 0 || model > 2) {
            throw image.malformedAt(at, "unwind instructions of model %d".formatted(model));
        }
        int more = model == 0 ? 0 : word >>> 16 & 0xff;
        byte[] all = new byte[4 + 4 * more];
        for (int i = 0; i <= more; i++) {
            int each = image.s32At(at + 4L * i);
            for (int b = 0; b < 4; b++) {
                all[4 * i + b] = (byte) (each >>> 24 - 8 * b);
            }
        }
        return Arrays.copyOfRange(all, model == 0 ? 1 : 2, all.length);
    }
}
