package org.kdive.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * An empty qcow2 image for machine states. Written here because starting qemu-img costs as much as half of QEMU.
 *
 * <p>Layout from docs/interop/qcow2.txt in QEMU's source, version 3, big endian, clusters of 64 KiB:
 *
 * <pre>
 * cluster 0  header          1  reference count table, one entry -> 2
 *         2  reference counts (u16): four clusters in use         3  L1 table, empty
 * </pre>
 */
final class ScratchImage {
    private static final int CLUSTER_BITS = 16;
    private static final int CLUSTER_BYTES = 1 << CLUSTER_BITS;
    private static final int CLUSTERS = 4;
    private static final int HEADER_BYTES = 104;
    private static final int MAGIC = 0x514649fb; // "QFI\xfb"
    private static final int VERSION = 3;
    private static final int REFCOUNT_ORDER = 4; // 1 << 4 bits
    // The states are stored behind the disk, so its own size does not limit them.
    private static final long VIRTUAL_BYTES = 1 << 20;

    private ScratchImage() {}

    static void write(Path file) throws IOException {
        ByteBuffer image = ByteBuffer.allocate(CLUSTERS * CLUSTER_BYTES);
        image.putInt(MAGIC).putInt(VERSION);
        image.putLong(0).putInt(0); // no backing file
        image.putInt(CLUSTER_BITS).putLong(VIRTUAL_BYTES);
        image.putInt(0); // not encrypted
        image.putInt(1).putLong(3 * CLUSTER_BYTES); // L1 table: entries, offset
        image.putLong(CLUSTER_BYTES).putInt(1); // reference count table: offset, clusters
        image.putInt(0).putLong(0); // snapshots: none yet
        image.putLong(0).putLong(0).putLong(0); // incompatible, compatible, autoclear features
        image.putInt(REFCOUNT_ORDER).putInt(HEADER_BYTES);
        image.putLong(CLUSTER_BYTES, 2 * CLUSTER_BYTES);
        for (int cluster = 0; cluster < CLUSTERS; cluster++) {
            image.putShort(2 * CLUSTER_BYTES + cluster * Short.BYTES, (short) 1);
        }
        Files.write(file, image.array());
    }
}
