package org.kdive.images.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A PC's partition table, in a disk's first sector: UEFI specification, "Legacy Master Boot Record". Firmware that looks for
 * something to start takes the partition that says so.
 *
 * <pre>
 * 446  boot indicator u8 | first sector as cylinder, head, sector | type u8 | last sector likewise | first u32 | count u32
 * 510  55 aa                                                          little endian
 * </pre>
 */
final class PartitionTable {
    private static final int SECTOR_BYTES = 512;
    private static final int ENTRIES = 446;
    private static final byte BOOTABLE = (byte) 0x80;
    private static final byte LINUX = (byte) 0x83;
    // further than cylinders reach: look at the sector's number
    private static final byte[] BEYOND = {(byte) 0xfe, (byte) 0xff, (byte) 0xff};
    private static final long MOST_SECTORS = 0xffffffffL;

    private PartitionTable() {}

    /** Makes an empty disk with one partition from {@code startBytes} to its end, or as far as the table can count. */
    static void write(Path disk, long startBytes, long sizeBytes) throws IOException {
        long count = Math.min(MOST_SECTORS, (sizeBytes - startBytes) / SECTOR_BYTES);
        ByteBuffer sector = ByteBuffer.allocate(SECTOR_BYTES).order(ByteOrder.LITTLE_ENDIAN);
        sector.position(ENTRIES);
        sector.put(BOOTABLE).put(BEYOND).put(LINUX).put(BEYOND);
        sector.putInt((int) (startBytes / SECTOR_BYTES)).putInt((int) count);
        sector.putShort(SECTOR_BYTES - Short.BYTES, (short) 0xaa55);
        try (FileChannel out = FileChannel.open(disk, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            out.write(sector.rewind(), 0);
            out.write(ByteBuffer.allocate(1), sizeBytes - 1);
        }
    }
}
