package org.kdive.images.btf;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.kdive.images.bytes.Bytes;

/** Writes BTF blobs for tests. Ids count from where the base's end. */
public final class BtfBuilder {
    private final ByteArrayOutputStream types = new ByteArrayOutputStream();
    private final ByteArrayOutputStream strings = new ByteArrayOutputStream();
    private final ByteOrder order;
    private final int firstString;
    private byte[] layout = {};
    private int last;

    public BtfBuilder(ByteOrder order, int baseTypes, int baseStringBytes) {
        this.order = order;
        this.firstString = baseStringBytes;
        this.last = baseTypes;
        strings.write(0);
    }

    public static BtfBuilder little() {
        return new BtfBuilder(ByteOrder.LITTLE_ENDIAN, 0, 0);
    }

    int string(String text) {
        if (text.isEmpty()) {
            return 0;
        }
        int at = strings.size();
        strings.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        strings.write(0);
        return firstString + at;
    }

    /** Adds a record and gives its id. */
    public int add(int kind, boolean flag, int vlen, String name, int sizeOrType, int... trailer) {
        words(string(name), kind << 24 | vlen | (flag ? 1 << 31 : 0), sizeOrType);
        words(trailer);
        return ++last;
    }

    public int integer(String name, int bytes, boolean isSigned) {
        return add(BtfKind.INT, false, 0, name, bytes, (isSigned ? 1 << 24 : 0) | bytes * 8);
    }

    public int pointer(int to) {
        return add(BtfKind.PTR, false, 0, "", to);
    }

    private void words(int... words) {
        ByteBuffer buffer = ByteBuffer.allocate(4 * words.length).order(order);
        for (int word : words) {
            buffer.putInt(word);
        }
        types.writeBytes(buffer.array());
    }

    void layout(byte... entries) {
        layout = entries.clone();
    }

    int stringBytes() {
        return strings.size();
    }

    public byte[] toArray() {
        int header = layout.length == 0 ? 24 : 32;
        int size = header + types.size() + strings.size() + layout.length;
        ByteBuffer buffer = ByteBuffer.allocate(size).order(order);
        buffer.putShort((short) 0xeb9f).put((byte) 1).put((byte) 0).putInt(header);
        buffer.putInt(0).putInt(types.size()).putInt(types.size()).putInt(strings.size());
        if (layout.length > 0) {
            buffer.putInt(types.size() + strings.size()).putInt(layout.length);
        }
        return buffer.put(types.toByteArray())
                .put(strings.toByteArray())
                .put(layout)
                .array();
    }

    Bytes toBytes() {
        return Bytes.of("test.btf", toArray());
    }
}
