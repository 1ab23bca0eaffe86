package org.kdive.images.bytes;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.OptionalInt;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * A read-only window over an array or a mapped file, with a byte order and a cursor. Every access is checked; a failed one
 * says which source, at which offset of it. Slices share the bytes and have a cursor of their own; the methods ending in
 * {@code At} leave the cursor alone, so a window whose cursor nobody moves may be shared between threads.
 */
public final class Bytes {
    private static final VarHandle U16_LE = view(short[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U16_BE = view(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U32_LE = view(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U32_BE = view(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle U64_LE = view(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle U64_BE = view(long[].class, ByteOrder.BIG_ENDIAN);

    private final String source;
    private final long sourceOffset;
    private final Store store;
    private final ByteBuffer buffer; // the store's
    private final int start;
    private final int size;
    private final boolean bigEndian;
    private int position;

    private Bytes(String source, long sourceOffset, Store store, int start, int size, boolean bigEndian) {
        this.source = source;
        this.sourceOffset = sourceOffset;
        this.store = store;
        this.buffer = store.buffer;
        this.start = start;
        this.size = size;
        this.bigEndian = bigEndian;
    }

    /** Little endian; the array is not copied and must not change. The source is a file name or the like, for messages. */
    public static Bytes of(String source, byte[] contents) {
        return of(source, Store.of(contents));
    }

    /** The whole file, refused before reading if it is larger than the limit. */
    public static Bytes ofFile(Path file, int limitBytes) {
        return of(file.toString(), Store.read(file, limitBytes));
    }

    /**
     * The whole file, mapped: what nobody reads takes no memory. For files that nobody shortens, such as those that arrive by
     * rename: reading past a new end would end the process.
     */
    public static Bytes mapped(Path file, int limitBytes) {
        return of(file.toString(), Store.mapped(file, limitBytes));
    }

    private static Bytes of(String source, Store store) {
        return new Bytes(source, 0, store, 0, store.sizeBytes(), false);
    }

    private static VarHandle view(Class<?> wordArray, ByteOrder order) {
        return MethodHandles.byteBufferViewVarHandle(wordArray, order);
    }

    /** The same window, its cursor at 0, read in the given order. */
    public Bytes withOrder(ByteOrder order) {
        return new Bytes(source, sourceOffset, store, start, size, order == ByteOrder.BIG_ENDIAN);
    }

    /** The same window under another name, whose offsets count from here: for what was unpacked from something else. */
    public Bytes named(String newSource) {
        return new Bytes(newSource, 0, store, start, size, bigEndian);
    }

    public ByteOrder order() {
        return bigEndian ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN;
    }

    public String source() {
        return source;
    }

    public int size() {
        return size;
    }

    public int position() {
        return position;
    }

    public Bytes position(long newPosition) {
        if (newPosition < 0 || newPosition > size) {
            throw malformedAt(newPosition, "outside the %d bytes there are".formatted(size));
        }
        position = (int) newPosition;
        return this;
    }

    public Bytes skip(long count) {
        return position(position + requireCount(count));
    }

    public int remaining() {
        return size - position;
    }

    /** Moves the cursor up to a multiple of the alignment, counted from the start of this window. */
    public Bytes align(int alignment) {
        int above = position % alignment;
        return above == 0 ? this : skip(alignment - above);
    }

    /** Whether {@code length} bytes are there at the offset; for hostile values of both. */
    public boolean holds(long offset, long length) {
        return offset >= 0 && length >= 0 && offset <= size && length <= size - offset;
    }

    public int u8() {
        return u8At(advance(1));
    }

    public int u16() {
        return u16At(advance(2));
    }

    public long u32() {
        return u32At(advance(4));
    }

    public int s32() {
        return s32At(advance(4));
    }

    public long u64() {
        return u64At(advance(8));
    }

    /** An unsigned word of 4 or 8 bytes. */
    public long word(int wordBytes) {
        return wordBytes == 8 ? u64() : u32();
    }

    public int u8At(long offset) {
        return buffer.get(index(offset, 1)) & 0xff;
    }

    public int u16At(long offset) {
        short value =
                bigEndian ? (short) U16_BE.get(buffer, index(offset, 2)) : (short) U16_LE.get(buffer, index(offset, 2));
        return value & 0xffff;
    }

    public long u32At(long offset) {
        return s32At(offset) & 0xffff_ffffL;
    }

    public int s32At(long offset) {
        return bigEndian ? (int) U32_BE.get(buffer, index(offset, 4)) : (int) U32_LE.get(buffer, index(offset, 4));
    }

    public long u64At(long offset) {
        return bigEndian ? (long) U64_BE.get(buffer, index(offset, 8)) : (long) U64_LE.get(buffer, index(offset, 8));
    }

    public long wordAt(long offset, int wordBytes) {
        return wordBytes == 8 ? u64At(offset) : u32At(offset);
    }

    /** A NUL-terminated string; the cursor ends behind the NUL. */
    public String cstring() {
        String text = cstringAt(position);
        // Latin-1 has one char a byte.
        position += text.length() + 1;
        return text;
    }

    /** A NUL-terminated string as Latin-1, so that any bytes survive. */
    public String cstringAt(long offset) {
        int from = index(offset, 0);
        for (int i = from; i < start + size; i++) {
            if (buffer.get(i) == 0) {
                return text(from, i - from);
            }
        }
        throw malformedAt(offset, "string without an end");
    }

    /** A field of fixed length, up to its first NUL. */
    public String textAt(long offset, int length) {
        int from = index(offset, length);
        int end = from;
        while (end < from + length && buffer.get(end) != 0) {
            end++;
        }
        return text(from, end - from);
    }

    private String text(int from, int length) {
        return new String(store.copy(from, length), StandardCharsets.ISO_8859_1);
    }

    /** A window of this window, its cursor at 0. */
    public Bytes slice(long offset, long length) {
        if (!holds(offset, length)) {
            throw malformedAt(offset, "%d bytes wanted, %d there".formatted(length, Math.max(0, size - offset)));
        }
        return new Bytes(source, sourceOffset + offset, store, start + (int) offset, (int) length, bigEndian);
    }

    public Bytes sliceFrom(long offset) {
        return slice(offset, size - Math.min(offset, size));
    }

    /** The next {@code length} bytes as a window. */
    public Bytes take(long length) {
        Bytes taken = slice(position, length);
        position += (int) length;
        return taken;
    }

    /** A copy of the next {@code length} bytes. */
    public byte[] bytes(int length) {
        return take(length).toArray();
    }

    /** A copy of the whole window. */
    public byte[] toArray() {
        return store.copy(start, size);
    }

    /** A copy of part of the window. */
    public byte[] toArray(long offset, int length) {
        return store.copy(index(offset, length), length);
    }

    /** The whole window as a stream; the cursor plays no part. */
    public InputStream stream() {
        Bytes read = onHeap();
        return new ByteArrayInputStream(read.array(), read.start, size);
    }

    /** This window where {@link #array} costs nothing: itself, or of a mapped file a copy with a new start. */
    public Bytes onHeap() {
        return store.isOnHeap()
                ? this
                : new Bytes(source, sourceOffset, Store.of(toArray()), 0, size, bigEndian).position(position);
    }

    /**
     * The array underneath, not to be written: for a decoder's inner loop, which must itself stay within the window. Of a
     * mapped file the whole is read.
     */
    public byte[] array() {
        return store.array();
    }

    /** Where this window begins in {@link #array()}. */
    public int arrayStart() {
        return start;
    }

    /** Offset of the first occurrence at or after {@code from}. */
    public OptionalInt find(byte[] needle, long from) {
        int found = Horspool.find(buffer, needle, index(from, 0), start + size);
        return found < 0 ? OptionalInt.empty() : OptionalInt.of(found - start);
    }

    public boolean startsWith(byte[] prefix) {
        return holdsAt(0, prefix);
    }

    /** Whether exactly these bytes are at the offset; false if they would not fit. */
    public boolean holdsAt(long offset, byte[] expected) {
        return holds(offset, expected.length) && Horspool.isAt(buffer, expected, start + (int) offset);
    }

    /** An exception about the bytes at the cursor, for the caller to throw. */
    public ImageException malformed(String what) {
        return malformedAt(position, what);
    }

    /** An exception about the bytes at an offset of this window; its failure carries the offset in the source. */
    public ImageException malformedAt(long offset, String what) {
        return new ImageException(new ImageFailure.Malformed(source, sourceOffset + offset, what));
    }

    private int advance(int length) {
        int from = position;
        index(from, length);
        position = from + length;
        return from;
    }

    private int index(long offset, int length) {
        if (!holds(offset, length)) {
            throw malformedAt(offset, "%d bytes wanted, the end is at 0x%x".formatted(length, sourceOffset + size));
        }
        return start + (int) offset;
    }

    private long requireCount(long count) {
        if (count < 0) {
            throw malformed("negative count " + count);
        }
        return count;
    }
}
