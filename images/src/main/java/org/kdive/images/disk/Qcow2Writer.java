package org.kdive.images.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * Writes qcow2 images: docs/interop/qcow2.txt in QEMU's source, version 3, big endian, clusters of 64 KiB.
 *
 * <pre>
 * header | reference count table | reference counts | L1 table | L2 tables | data clusters that are not zero
 * </pre>
 */
public final class Qcow2Writer {
    static final int MAGIC = 0x514649fb; // "QFI\xfb"

    private static final int SECTOR_BYTES = 512;
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER_BYTES = 1 << CLUSTER_BITS;
    private static final int HEADER_BYTES = 104;
    private static final int REFCOUNT_ORDER = 4; // 1 << 4 bits
    private static final int COUNTS_PER_CLUSTER = CLUSTER_BYTES / Short.BYTES;
    private static final int ENTRIES_PER_CLUSTER = CLUSTER_BYTES / Long.BYTES;
    private static final int BACKING_FORMAT = 0xe2792aca; // header extension type
    private static final int MAX_NAME_BYTES = 1023;
    // One cluster in use by the active disk alone.
    private static final long COPIED = 1L << 63;
    // 4096 clusters of L1 table, far from where a cluster's index is no int any more.
    private static final long MAX_DISK_BYTES = 64L << 40;

    private final long virtualBytes;
    private final BitSet data;
    private final int l1Entries;
    private final int l1Clusters;
    private final int l2Tables;
    private final int countClusters;
    private final int countTableClusters;

    private Qcow2Writer(Path source, long virtualBytes, BitSet data) {
        if (virtualBytes > MAX_DISK_BYTES) {
            throw new ImageException(new ImageFailure.TooLarge(source.toString(), virtualBytes, MAX_DISK_BYTES));
        }
        this.virtualBytes = virtualBytes;
        this.data = data;
        long clusters = up(virtualBytes, CLUSTER_BYTES);
        l1Entries = (int) up(clusters, ENTRIES_PER_CLUSTER);
        l1Clusters = Math.max(1, (int) up(l1Entries, ENTRIES_PER_CLUSTER));
        int tables = 0;
        for (int table = 0; table < l1Entries; table++) {
            tables += hasTable(table) ? 1 : 0;
        }
        l2Tables = tables;
        int others = 1 + l1Clusters + l2Tables + data.cardinality();
        int counts = 1;
        int countTables = 1;
        // The counts count themselves, too.
        while ((long) counts * COUNTS_PER_CLUSTER < (long) others + counts + countTables) {
            counts++;
            countTables = (int) up(counts, ENTRIES_PER_CLUSTER);
        }
        countClusters = counts;
        countTableClusters = countTables;
    }

    private static long up(long amount, long unit) {
        return (amount + unit - 1) / unit;
    }

    private boolean hasTable(int table) {
        int first = data.nextSetBit(table * ENTRIES_PER_CLUSTER);
        return first >= 0 && first < (table + 1) * ENTRIES_PER_CLUSTER;
    }

    /** An empty disk of that size: until it is written to, all that is read is what its backing file has. */
    public static void writeEmpty(Path target, long virtualBytes) {
        write(target, new Qcow2Writer(target, wholeSectors(virtualBytes), new BitSet()), null, null);
    }

    /** A disk that begins as another one, which stays as it is; it must stay where it is, too. */
    public static void writeOverlay(DiskImage backing, Path target) {
        write(target, new Qcow2Writer(target, wholeSectors(backing.virtualBytes()), new BitSet()), backing, null);
    }

    private static long wholeSectors(long bytes) {
        return up(bytes, SECTOR_BYTES) * SECTOR_BYTES;
    }

    /** A raw disk's contents without its zeros. */
    public static void convert(Path raw, Path target) {
        try (FileChannel source = FileChannel.open(raw)) {
            long size = wholeSectors(source.size());
            BitSet data = new BitSet();
            ByteBuffer cluster = ByteBuffer.allocate(CLUSTER_BYTES);
            for (int i = 0; (long) i * CLUSTER_BYTES < size; i++) {
                if (!isZero(read(source, i, cluster))) {
                    data.set(i);
                }
            }
            write(target, new Qcow2Writer(raw, size, data), null, source);
        } catch (IOException e) {
            throw ImageException.io(raw, e);
        }
    }

    private static boolean isZero(ByteBuffer cluster) {
        for (int at = 0; at < CLUSTER_BYTES; at += Long.BYTES) {
            if (cluster.getLong(at) != 0) {
                return false;
            }
        }
        return true;
    }

    /** A whole cluster; what is behind the source's end is zero. */
    private static ByteBuffer read(FileChannel source, int index, ByteBuffer cluster) throws IOException {
        cluster.clear();
        long at = (long) index * CLUSTER_BYTES;
        while (cluster.hasRemaining() && source.read(cluster, at + cluster.position()) >= 0) {
            // Until the cluster is full or the source ends.
        }
        while (cluster.hasRemaining()) {
            cluster.put((byte) 0);
        }
        return cluster.flip();
    }

    private static void write(
            Path target, Qcow2Writer image, @Nullable DiskImage backing, @Nullable FileChannel source) {
        try (FileChannel out = FileChannel.open(
                target, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            image.writeTables(out, backing);
            if (source != null) {
                image.writeData(out, source);
            }
        } catch (IOException e) {
            throw ImageException.io(target, e);
        }
    }

    private void writeTables(FileChannel out, @Nullable DiskImage backing) throws IOException {
        int table = 1;
        int counts = table + countTableClusters;
        int l1 = counts + countClusters;
        int l2 = l1 + l1Clusters;
        int total = l2 + l2Tables + data.cardinality();
        put(out, header(offset(table), offset(l1), backing));
        ByteBuffer words = ByteBuffer.allocate(countTableClusters * CLUSTER_BYTES);
        for (int i = 0; i < countClusters; i++) {
            words.putLong(offset(counts + i));
        }
        put(out, words);
        words = ByteBuffer.allocate(countClusters * CLUSTER_BYTES);
        for (int i = 0; i < total; i++) {
            words.putShort((short) 1);
        }
        put(out, words);
        words = ByteBuffer.allocate(l1Clusters * CLUSTER_BYTES);
        int next = l2;
        for (int i = 0; i < l1Entries; i++) {
            words.putLong(hasTable(i) ? COPIED | offset(next++) : 0);
        }
        put(out, words);
        writeL2(out, l2 + l2Tables);
    }

    private void writeL2(FileChannel out, int firstData) throws IOException {
        int next = firstData;
        for (int table = 0; table < l1Entries; table++) {
            if (!hasTable(table)) {
                continue;
            }
            ByteBuffer words = ByteBuffer.allocate(CLUSTER_BYTES);
            for (int i = 0; i < ENTRIES_PER_CLUSTER; i++) {
                words.putLong(data.get(table * ENTRIES_PER_CLUSTER + i) ? COPIED | offset(next++) : 0);
            }
            put(out, words);
        }
    }

    private void writeData(FileChannel out, FileChannel source) throws IOException {
        ByteBuffer cluster = ByteBuffer.allocate(CLUSTER_BYTES);
        for (int i = data.nextSetBit(0); i >= 0; i = data.nextSetBit(i + 1)) {
            read(source, i, cluster);
            cluster.position(CLUSTER_BYTES);
            put(out, cluster);
        }
    }

    private ByteBuffer header(long countTable, long l1, @Nullable DiskImage backing) {
        ByteBuffer header = ByteBuffer.allocate(CLUSTER_BYTES);
        byte[] name = new byte[0];
        if (backing != null) {
            name = backing.file().toAbsolutePath().toString().getBytes(StandardCharsets.UTF_8);
            if (name.length > MAX_NAME_BYTES) {
                throw new ImageException(
                        new ImageFailure.TooLarge("name of the backing file", name.length, MAX_NAME_BYTES));
            }
            byte[] format = backing.format().word().getBytes(StandardCharsets.US_ASCII);
            header.position(HEADER_BYTES);
            header.putInt(BACKING_FORMAT).putInt(format.length).put(format);
            header.position((header.position() + 7) & ~7);
            // An extension of type 0 and length 0 ends them.
            header.putLong(0);
            int at = header.position();
            header.put(name).position(0);
            header.putLong(8, at).putInt(16, name.length);
        }
        header.putInt(0, MAGIC).putInt(4, 3);
        header.putInt(20, CLUSTER_BITS).putLong(24, virtualBytes);
        header.putInt(36, l1Entries).putLong(40, l1);
        header.putLong(48, countTable).putInt(56, countTableClusters);
        header.putInt(96, REFCOUNT_ORDER).putInt(100, HEADER_BYTES);
        return header;
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
