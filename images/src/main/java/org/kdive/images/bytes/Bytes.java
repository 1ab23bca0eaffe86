package org.kdive.images.bytes;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * A read-only window over a byte array, with a byte order and a cursor. Every access is checked; a failed one says which
 * source, at which offset of it. Slices share the array and have a cursor of their own; the methods ending in {@code At}
 * leave the cursor alone, so a window whose cursor nobody moves may be shared between threads.
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
    private final byte[] array;
    private final int start;
    private final int size;
    private final boolean bigEndian;
    private int position;

    private Bytes(String source, long sourceOffset, byte[] array, int start, int size, boolean bigEndian) {
        this.source = source;
        this.sourceOffset = sourceOffset;
        this.array = array;
        this.start = start;
        this.size = size;
        this.bigEndian = bigEndian;
    }

    /** Little endian; the array is not copied and must not change. The source is a file name or the like, for messages. */
    public static Bytes of(String source, byte[] contents) {
        return new Bytes(source, 0, contents, 0, contents.length, false);
    }

    /** The whole file, refused before reading if it is larger than the limit. */
    public static Bytes ofFile(Path file, int limitBytes) {
        try (InputStream in = Files.newInputStream(file)) {
            long sizeBytes = Files.size(file);
            if (sizeBytes > limitBytes) {
                throw tooLarge(file.toString(), sizeBytes, limitBytes);
            }
            // A pipe or a /proc file has size 0: then the limit alone bounds the read.
            return of(file.toString(), sizeBytes == 0 ? upTo(limitBytes, file, in) : all(in, (int) sizeBytes));
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }

    private static byte[] all(InputStream in, int sizeBytes) throws IOException {
        byte[] contents = new byte[sizeBytes];
        int count = in.readNBytes(contents, 0, sizeBytes);
        return count == sizeBytes ? contents : Arrays.copyOf(contents, count);
    }

    private static byte[] upTo(int limitBytes, Path file, InputStream in) throws IOException {
        byte[] contents = in.readNBytes(limitBytes);
        if (contents.length == limitBytes && in.read() >= 0) {
            throw tooLarge(file.toString(), limitBytes + 1L, limitBytes);
        }
        return contents;
    }

    private static ImageException tooLarge(String source, long sizeBytes, long limitBytes) {
        return new ImageException(new ImageFailure.TooLarge(source, sizeBytes, limitBytes));
    }

    private static VarHandle view(Class<?> arrayClass, ByteOrder order) {
        return MethodHandles.byteArrayViewVarHandle(arrayClass, order);
    }

    /** The same window, its cursor at 0, read in the given order. */
    public Bytes withOrder(ByteOrder order) {
        return new Bytes(source, sourceOffset, array, start, size, order == ByteOrder.BIG_ENDIAN);
    }

    /** The same window under another name, whose offsets count from here: for what was unpacked from something else. */
    public Bytes named(String newSource) {
        return new Bytes(newSource, 0, array, start, size, bigEndian);
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
        return array[index(offset, 1)] & 0xff;
    }

    public int u16At(long offset) {
        short value =
                bigEndian ? (short) U16_BE.get(array, index(offset, 2)) : (short) U16_LE.get(array, index(offset, 2));
        return value & 0xffff;
    }

    public long u32At(long offset) {
        return s32At(offset) & 0xffff_ffffL;
    }

    public int s32At(long offset) {
        return bigEndian ? (int) U32_BE.get(array, index(offset, 4)) : (int) U32_LE.get(array, index(offset, 4));
    }

    public long u64At(long offset) {
        return bigEndian ? (long) U64_BE.get(array, index(offset, 8)) : (long) U64_LE.get(array, index(offset, 8));
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
            if (array[i] == 0) {
                return new String(array, from, i - from, StandardCharsets.ISO_8859_1);
            }
        }
        throw malformedAt(offset, "string without an end");
    }

    /** A field of fixed length, up to its first NUL. */
    public String textAt(long offset, int length) {
        int from = index(offset, length);
        int end = from;
        while (end < from + length && array[end] != 0) {
            end++;
        }
        return new String(array, from, end - from, StandardCharsets.ISO_8859_1);
    }

    /** A window of this window, its cursor at 0. */
    public Bytes slice(long offset, long length) {
        if (!holds(offset, length)) {
            throw malformedAt(offset, "%d bytes wanted, %d there".formatted(length, Math.max(0, size - offset)));
        }
        return new Bytes(source, sourceOffset + offset, array, start + (int) offset, (int) length, bigEndian);
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
        return Arrays.copyOfRange(array, start, start + size);
    }

    /** A copy of part of the window. */
    public byte[] toArray(long offset, int length) {
        int from = index(offset, length);
        return Arrays.copyOfRange(array, from, from + length);
    }

    /** The whole window as a stream; the cursor plays no part. */
    public InputStream stream() {
        return new ByteArrayInputStream(array, start, size);
    }

    /** The array underneath, not to be written: for a decoder's inner loop, which must itself stay within the window. */
    public byte[] array() {
        return array;
    }

    /** Where this window begins in {@link #array()}. */
    public int arrayStart() {
        return start;
    }

    /** Offset of the first occurrence at or after {@code from}. */
    public OptionalInt find(byte[] needle, long from) {
        int i = index(from, 0);
        int last = needle.length - 1;
        if (last < 0) {
            return OptionalInt.of(i - start);
        }
        int[] shifts = shifts(needle);
        while (i <= start + size - needle.length) {
            int shift = shifts[array[i + last] & 0xff];
            if (shift == 0) {
                if (matches(needle, i)) {
                    return OptionalInt.of(i - start);
                }
                shift = 1;
            }
            i += shift;
        }
        return OptionalInt.empty();
    }

    /** Horspool's: how far a window may move, given the byte at its end; 0 where the needle may be here. */
    private static int[] shifts(byte[] needle) {
        int[] shifts = new int[256];
        Arrays.fill(shifts, needle.length);
        for (int i = 0; i < needle.length; i++) {
            shifts[needle[i] & 0xff] = needle.length - 1 - i;
        }
        return shifts;
    }

    public boolean startsWith(byte[] prefix) {
        return holdsAt(0, prefix);
    }

    /** Whether exactly these bytes are at the offset; false if they would not fit. */
    public boolean holdsAt(long offset, byte[] expected) {
        return holds(offset, expected.length) && matches(expected, start + (int) offset);
    }

    private boolean matches(byte[] expected, int from) {
        for (int i = 0; i < expected.length; i++) {
            if (array[from + i] != expected[i]) {
                return false;
            }
        }
        return true;
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
