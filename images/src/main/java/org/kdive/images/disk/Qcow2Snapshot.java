package org.kdive.images.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * One snapshot of a qcow2 image as an image of its own, with nothing else in it: docs/interop/qcow2.txt in QEMU's source,
 * clusters of 64 KiB, which is what QEMU and kdive make. QEMU may have the image open: what belongs to a snapshot is never
 * written again.
 *
 * <pre>
 * header | reference count table | reference counts | active L1 | snapshot table | snapshot's L1 | its L2 tables | data
 * </pre>
 */
public final class Qcow2Snapshot {
    static final int CLUSTER_BITS = 16;
    static final int CLUSTER_BYTES = 1 << CLUSTER_BITS;
    private static final int HEADER_BYTES = 104;
    private static final int REFCOUNT_ORDER = 4; // 1 << 4 bits
    private static final int COUNTS_PER_CLUSTER = CLUSTER_BYTES / Short.BYTES;
    static final int ENTRIES_PER_CLUSTER = CLUSTER_BYTES / Long.BYTES;
    static final int MAX_L1_ENTRIES = 1 << 20;
    static final long OFFSET = 0x00ff_ffff_ffff_fe00L;
    private static final long COMPRESSED = 1L << 62;
    private static final long ZERO = 1;

    private final Path source;
    private final FileChannel in;
    private final ByteBuffer header;
    private final Qcow2SnapshotTable.Entry entry;
    private final long[] l1;
    private final List<long[]> l2 = new ArrayList<>(); // of those L1 entries that are not empty, in order
    private int dataClusters;

    private Qcow2Snapshot(Path source, FileChannel in, String tag) throws IOException {
        this.source = source;
        this.in = in;
        this.header = header(source, in);
        this.entry = Qcow2SnapshotTable.find(
                source,
                read(header.getLong(64), Qcow2SnapshotTable.most(in.size() - header.getLong(64))),
                header.getInt(60),
                tag);
        if (entry.l1Entries() > MAX_L1_ENTRIES) {
            throw malformed(header.getLong(64), "an L1 table of %d entries".formatted(entry.l1Entries()));
        }
        this.l1 = longs(entry.l1Offset(), entry.l1Entries());
        for (long table : l1) {
            if ((table & OFFSET) != 0) {
                l2.add(checked(longs(table & OFFSET, ENTRIES_PER_CLUSTER)));
            }
        }
    }

    /** Throws Missing when the image has no snapshot of that name. */
    public static void extract(Path image, String tag, Path target) {
        try (FileChannel in = FileChannel.open(image);
                FileChannel out = FileChannel.open(
                        target,
                        StandardOpenOption.CREATE,
                        StandardOpenOption.TRUNCATE_EXISTING,
                        StandardOpenOption.WRITE)) {
            new Qcow2Snapshot(image, in, tag).write(out);
        } catch (IOException e) {
            throw ImageException.io(target, e);
        }
    }

    /**
     * Throws Malformed and Unsupported for an image from elsewhere that QEMU must not be given: one that names other files, as
     * its backing or for its data, is a way to read and write whatever the user can.
     */
    public static void requireAlone(Path image) {
        try (FileChannel in = FileChannel.open(image)) {
            var unused = header(image, in);
        } catch (IOException e) {
            throw ImageException.io(image, e);
        }
    }

    static ByteBuffer header(Path source, FileChannel in) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER_BYTES);
        while (header.hasRemaining() && in.read(header, header.position()) >= 0) {
            // until it is full or the file ends
        }
        if (header.hasRemaining() || header.getInt(0) != Qcow2Writer.MAGIC || header.getInt(4) != 3) {
            throw new ImageException(new ImageFailure.Malformed(source.toString(), 0, "no qcow2 image of version 3"));
        }
        // a backing file, encryption, and features that cannot be ignored: one is a data file elsewhere
        boolean alone =
                header.getLong(8) == 0 && header.getInt(16) == 0 && header.getInt(32) == 0 && header.getLong(72) == 0;
        if (!alone || header.getInt(20) != CLUSTER_BITS) {
            throw new ImageException(new ImageFailure.Unsupported(
                    source.toString(), "a qcow2 image that needs other files, or of a kind that kdive does not make"));
        }
        return header;
    }

    private long[] checked(long[] table) {
        for (long word : table) {
            if ((word & COMPRESSED) != 0) {
                throw new ImageException(
                        new ImageFailure.Unsupported(source.toString(), "a snapshot with compressed clusters"));
            }
            dataClusters += (word & OFFSET) == 0 ? 0 : 1;
        }
        return table;
    }

    private long[] longs(long offset, int count) throws IOException {
        long[] words = new long[count];
        read(offset, count * Long.BYTES).asLongBuffer().get(words);
        return words;
    }

    private ByteBuffer read(long offset, int length) throws IOException {
        if (offset < 0 || length < 0 || offset > in.size() - length) {
            throw malformed(offset, "%d bytes beyond the end of the file".formatted(length));
        }
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && in.read(bytes, offset + bytes.position()) >= 0) {
            // until all is there
        }
        return bytes.rewind();
    }

    private ImageException malformed(long offset, String what) {
        return new ImageException(new ImageFailure.Malformed(source.toString(), offset, what));
    }

    private static int up(long amount, long unit) {
        return (int) ((amount + unit - 1) / unit);
    }

    private void write(FileChannel out) throws IOException {
        int active = Math.max(1, up(header.getInt(36), ENTRIES_PER_CLUSTER));
        int kept = Math.max(1, up(l1.length, ENTRIES_PER_CLUSTER));
        long others = 1L + active + 1 + kept + l2.size() + dataClusters;
        int counts = 1;
        int countTables = 1;
        while ((long) counts * COUNTS_PER_CLUSTER < others + counts + countTables) { // the counts count themselves, too
            counts++;
            countTables = up(counts, ENTRIES_PER_CLUSTER);
        }
        int activeAt = 1 + countTables + counts;
        int tableAt = activeAt + active;
        int keptAt = tableAt + 1;
        int l2At = keptAt + kept;
        ByteBuffer first = ByteBuffer.allocate(CLUSTER_BYTES);
        first.putInt(0, Qcow2Writer.MAGIC).putInt(4, 3).putInt(20, CLUSTER_BITS);
        first.putLong(24, header.getLong(24)).putInt(36, header.getInt(36)).putLong(40, offset(activeAt));
        first.putLong(48, offset(1)).putInt(56, countTables);
        first.putInt(60, 1).putLong(64, offset(tableAt));
        first.putInt(96, REFCOUNT_ORDER).putInt(100, HEADER_BYTES);
        put(out, first);
        putCounts(out, countTables, counts, (int) (others + counts + countTables));
        put(out, ByteBuffer.allocate(active * CLUSTER_BYTES));
        put(out, ByteBuffer.allocate(CLUSTER_BYTES).put(entry.movedTo(offset(keptAt))));
        putTables(out, kept, l2At);
        putData(out);
    }

    private static void putCounts(FileChannel out, int tables, int counts, int total) throws IOException {
        ByteBuffer table = ByteBuffer.allocate(tables * CLUSTER_BYTES);
        for (int i = 0; i < counts; i++) {
            table.putLong(offset(1 + tables + i));
        }
        put(out, table);
        ByteBuffer words = ByteBuffer.allocate(counts * CLUSTER_BYTES);
        for (int i = 0; i < total; i++) {
            words.putShort((short) 1);
        }
        put(out, words);
    }

    private void putTables(FileChannel out, int kept, int l2At) throws IOException {
        ByteBuffer words = ByteBuffer.allocate(kept * CLUSTER_BYTES);
        int next = l2At;
        for (long table : l1) {
            words.putLong((table & OFFSET) == 0 ? 0 : offset(next++));
        }
        put(out, words);
        int data = l2At + l2.size();
        for (long[] table : l2) {
            ByteBuffer entries = ByteBuffer.allocate(CLUSTER_BYTES);
            for (long word : table) {
                entries.putLong((word & ZERO) | ((word & OFFSET) == 0 ? 0 : offset(data++)));
            }
            put(out, entries);
        }
    }

    private void putData(FileChannel out) throws IOException {
        for (long[] table : l2) {
            for (long word : table) {
                if ((word & OFFSET) != 0) {
                    // the last cluster of a file may be cut where its contents end
                    int there = (int) Math.min(CLUSTER_BYTES, Math.max(0, in.size() - (word & OFFSET)));
                    put(out, ByteBuffer.allocate(CLUSTER_BYTES).put(read(word & OFFSET, there)));
                }
            }
        }
    }

    private static long offset(int cluster) {
        return (long) cluster * CLUSTER_BYTES;
    }

    /** The whole buffer, wherever it was filled to. */
    private static void put(FileChannel out, ByteBuffer buffer) throws IOException {
        buffer.clear();
        while (buffer.hasRemaining()) {
            out.write(buffer);
        }
    }
}
