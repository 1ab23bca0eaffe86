package org.kdive.images.bytes;

import java.io.ByteArrayOutputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes what {@link Bytes} reads, for tests that build their input. */
public final class ByteWriter {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final boolean bigEndian;

    public ByteWriter(ByteOrder order) {
        bigEndian = order == ByteOrder.BIG_ENDIAN;
    }

    public int position() {
        return out.size();
    }

    public ByteWriter u8(int value) {
        out.write(value);
        return this;
    }

    public ByteWriter u16(long value) {
        return number(value, 2);
    }

    public ByteWriter u32(long value) {
        return number(value, 4);
    }

    public ByteWriter u64(long value) {
        return number(value, 8);
    }

    public ByteWriter word(long value, int wordBytes) {
        return number(value, wordBytes);
    }

    public ByteWriter bytes(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    public ByteWriter text(String latin1) {
        return bytes(latin1.getBytes(StandardCharsets.ISO_8859_1));
    }

    public ByteWriter cstring(String latin1) {
        return text(latin1).u8(0);
    }

    public ByteWriter zeros(int count) {
        return bytes(new byte[count]);
    }

    public ByteWriter align(int alignment) {
        return zeros(Math.floorMod(-out.size(), alignment));
    }

    /** Zeros up to a position that has not been passed. */
    public ByteWriter upTo(int position) {
        return zeros(position - out.size());
    }

    public byte[] toArray() {
        return out.toByteArray();
    }

    private ByteWriter number(long value, int count) {
        for (int i = 0; i < count; i++) {
            out.write((int) (value >>> (8 * (bigEndian ? count - 1 - i : i))));
        }
        return this;
    }
}
