package org.kdive.images.btf;

import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import org.kdive.images.bytes.Bytes;

// header: u16 magic 0xeb9f, u8 version, u8 flags, u32 hdr_len, then from the header's end
//         u32 type_off, type_len, str_off, str_len; with hdr_len 32 also u32 layout_off, layout_len
// layout: per kind u8 bytes behind the record, u8 bytes per element, u16 flags: sizes of kinds not known here
// record: u32 name, u32 info (bit 31 kflag, 30:24 kind, 23:0 vlen), u32 size or type, then a trailer by kind
/** The type records of one BTF blob, each found by its id. Linux Documentation/bpf/btf.rst. */
final class BtfRecords {
    private static final int MAGIC = 0xeb9f;
    private static final int RECORD_BYTES = 12;

    private final Bytes types;
    private final Bytes strings;
    private final int[] offsets;
    private final int count;

    private BtfRecords(Bytes types, Bytes strings, int[] offsets, int count) {
        this.types = types;
        this.strings = strings;
        this.offsets = offsets;
        this.count = count;
    }

    static BtfRecords read(Bytes given) {
        Bytes blob = ordered(given.onHeap());
        long headerBytes = blob.u32At(4);
        if (headerBytes < 24 || headerBytes > blob.size()) {
            throw blob.malformedAt(4, "BTF header of %d bytes".formatted(headerBytes));
        }
        if (blob.u8At(2) != 1) {
            throw blob.malformedAt(2, "BTF version %d".formatted(blob.u8At(2)));
        }
        Bytes body = blob.sliceFrom(headerBytes);
        Bytes types = body.slice(blob.u32At(8), blob.u32At(12));
        Bytes strings = body.slice(blob.u32At(16), blob.u32At(20));
        if (strings.size() == 0 || strings.u8At(strings.size() - 1) != 0) {
            throw strings.malformedAt(0, "BTF strings do not end in NUL");
        }
        Bytes layout = headerBytes >= 32 ? body.slice(blob.u32At(24), blob.u32At(28)) : body.slice(0, 0);
        return index(types, strings, layout);
    }

    private static Bytes ordered(Bytes blob) {
        for (ByteOrder order : List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN)) {
            Bytes read = blob.withOrder(order);
            if (read.u16At(0) == MAGIC) {
                return read;
            }
        }
        throw blob.malformedAt(0, "not BTF: the magic is 0x%04x".formatted(blob.u16At(0)));
    }

    // The array is read directly: this loop runs once, cold, and its time is what a user waits for the first type.
    private static BtfRecords index(Bytes types, Bytes strings, Bytes layout) {
        byte[] array = types.array();
        int start = types.arrayStart();
        int size = types.size();
        boolean isBig = types.order() == ByteOrder.BIG_ENDIAN;
        // a record has 20 bytes on average
        int[] offsets = new int[size / 20 + 16];
        int count = 0;
        int at = 0;
        while (at < size) {
            if (count == offsets.length) {
                offsets = Arrays.copyOf(offsets, count + count / 2);
            }
            offsets[count++] = at;
            int info = size - at < RECORD_BYTES ? 0 : word(array, start + at + 4, isBig);
            int kind = info >>> 24 & 0x7f;
            long trailer = BtfKind.trailerBytes(kind, info & 0xff_ffff);
            if (trailer < 0) {
                trailer = unknownTrailer(types, at, layout, kind, info & 0xff_ffff);
            }
            if (RECORD_BYTES + trailer > size - at) {
                throw types.malformedAt(at, "BTF type %d of kind %d runs over the end".formatted(count, kind));
            }
            at += (int) (RECORD_BYTES + trailer);
        }
        return new BtfRecords(types, strings, offsets, count);
    }

    private static int word(byte[] array, int at, boolean isBig) {
        int word = (array[at] & 0xff)
                | (array[at + 1] & 0xff) << 8
                | (array[at + 2] & 0xff) << 16
                | (array[at + 3] & 0xff) << 24;
        return isBig ? Integer.reverseBytes(word) : word;
    }

    /** Where each name begins in these strings, the base's ending at {@code firstString}; -1 where there is none. */
    int[] nameOffsets(int firstString) {
        byte[] array = types.array();
        int start = types.arrayStart();
        boolean isBig = types.order() == ByteOrder.BIG_ENDIAN;
        int[] names = new int[count];
        for (int record = 0; record < count; record++) {
            int name = word(array, start + offsets[record], isBig);
            names[record] = name <= 0 ? -1 : name - firstString;
        }
        return names;
    }

    private static long unknownTrailer(Bytes types, long at, Bytes layout, int kind, long vlen) {
        if (!layout.holds(4L * kind, 4)) {
            throw types.malformedAt(at, "BTF kind %d is not known".formatted(kind));
        }
        return layout.u8At(4L * kind) + layout.u8At(4L * kind + 1) * vlen;
    }

    int count() {
        return count;
    }

    Bytes types() {
        return types;
    }

    Bytes strings() {
        return strings;
    }

    /** Where record {@code index} (0 is the first, which has id 1 in a base) begins in {@link #types()}. */
    int offset(int index) {
        return offsets[index];
    }
}
