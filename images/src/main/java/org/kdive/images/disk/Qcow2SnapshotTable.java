package org.kdive.images.disk;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The snapshots that a qcow2 image lists: docs/interop/qcow2.txt, "Snapshot table entry", big endian.
 *
 * <pre>
 * L1 offset u64 | L1 entries u32 | id length u16 | name length u16 | 20 bytes of times | state size u32
 *   | extra length u32 | extra | id | name | up to a multiple of 8
 * </pre>
 */
final class Qcow2SnapshotTable {
    private static final int FIXED_BYTES = 40;
    private static final int MOST_BYTES = 1 << 20;

    private Qcow2SnapshotTable() {}

    /** One line of the table as it stands there. */
    record Entry(long l1Offset, int l1Entries, ByteBuffer bytes) {
        /** How long the machine's state is: the first of the extra words, where there is one. */
        long stateBytes() {
            boolean extra = bytes.getInt(FIXED_BYTES - Integer.BYTES) >= Long.BYTES;
            return extra ? bytes.getLong(FIXED_BYTES) : Integer.toUnsignedLong(bytes.getInt(FIXED_BYTES - Long.BYTES));
        }

        ByteBuffer movedTo(long offset) {
            ByteBuffer moved = ByteBuffer.allocate(bytes.capacity()).put(bytes.duplicate());
            return moved.putLong(0, offset).rewind();
        }
    }

    /** How much of a file's rest a table can take. */
    static int most(long restBytes) {
        return (int) Math.max(0, Math.min(restBytes, MOST_BYTES));
    }

    static Entry find(Path source, ByteBuffer table, int count, String tag) {
        try {
            for (int i = 0; i < count; i++) {
                int begin = table.position();
                long l1Offset = table.getLong();
                int l1Entries = table.getInt();
                int idBytes = Short.toUnsignedInt(table.getShort());
                int nameBytes = Short.toUnsignedInt(table.getShort());
                int extraBytes = table.getInt(begin + FIXED_BYTES - Integer.BYTES);
                if (l1Entries < 0 || extraBytes < 0 || extraBytes > table.remaining()) {
                    throw new ImageException(new ImageFailure.Malformed(source.toString(), begin, "snapshot table"));
                }
                int end = begin + FIXED_BYTES + extraBytes + idBytes + nameBytes;
                byte[] name = new byte[nameBytes];
                table.position(Math.min(end - nameBytes, table.limit())).get(name);
                if (new String(name, StandardCharsets.UTF_8).equals(tag)) {
                    byte[] bytes = new byte[(end - begin + 7) & ~7];
                    table.get(begin, bytes, 0, Math.min(bytes.length, table.limit() - begin));
                    return new Entry(l1Offset, l1Entries, ByteBuffer.wrap(bytes));
                }
                table.position(Math.min((end + 7) & ~7, table.limit()));
            }
        } catch (BufferUnderflowException e) {
            throw new ImageException(
                    new ImageFailure.Malformed(source.toString(), table.position(), "snapshot table"), e);
        }
        throw new ImageException(new ImageFailure.Missing(source.toString(), "no snapshot " + tag));
    }
}
