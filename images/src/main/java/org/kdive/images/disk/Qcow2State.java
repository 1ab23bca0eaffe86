package org.kdive.images.disk;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The machine's state in a snapshot of a qcow2 image, in place. It lies behind the disk's own contents, from the next L1 entry
 * on: block/qcow2.h in QEMU's source, qcow2_vm_state_offset. The image is one that {@link Qcow2Snapshot#extract} made, where no
 * cluster belongs to two, and nobody else has it open.
 */
public final class Qcow2State implements AutoCloseable {
    private final Path image;
    private final FileChannel file;
    private final Qcow2SnapshotTable.Entry entry;
    private final long firstCluster;

    private Qcow2State(Path image, FileChannel file, String tag) throws IOException {
        this.image = image;
        this.file = file;
        ByteBuffer header = Qcow2Snapshot.header(image, file);
        long table = header.getLong(64);
        this.entry = Qcow2SnapshotTable.find(
                image, inFile(table, Qcow2SnapshotTable.most(file.size() - table)), header.getInt(60), tag);
        long perTable = (long) Qcow2Snapshot.CLUSTER_BYTES * Qcow2Snapshot.ENTRIES_PER_CLUSTER;
        long diskBytes = header.getLong(24);
        if (diskBytes < 0 || entry.stateBytes() < 0 || entry.l1Entries() > Qcow2Snapshot.MAX_L1_ENTRIES) {
            throw malformed(table, "a snapshot of %d bytes".formatted(entry.stateBytes()));
        }
        this.firstCluster =
                (diskBytes / perTable + (diskBytes % perTable == 0 ? 0 : 1)) * perTable / Qcow2Snapshot.CLUSTER_BYTES;
    }

    /** Throws Missing when the image has no snapshot of that name. */
    public static Qcow2State open(Path image, String tag) {
        try {
            FileChannel file = FileChannel.open(image, StandardOpenOption.READ, StandardOpenOption.WRITE);
            try {
                return new Qcow2State(image, file, tag);
            } catch (IOException | RuntimeException e) {
                file.close();
                throw e;
            }
        } catch (IOException e) {
            throw ImageException.io(image, e);
        }
    }

    /** How long the state is. */
    public long size() {
        return entry.stateBytes();
    }

    /** Throws Malformed for what is not there. */
    public byte[] read(long position, int length) {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        each(position, bytes, (part, offset) -> {
            while (part.hasRemaining()) {
                if (file.read(part, offset + part.position()) < 0) {
                    throw malformed(offset, "the end of the file in a machine's state");
                }
            }
        });
        return bytes.array();
    }

    /** Over what is there. */
    public void write(long position, byte[] bytes) {
        each(position, ByteBuffer.wrap(bytes), (part, offset) -> {
            while (part.hasRemaining()) {
                file.write(part, offset + part.position());
            }
        });
    }

    @FunctionalInterface
    private interface Transfer {
        void move(ByteBuffer part, long offset) throws IOException;
    }

    private void each(long position, ByteBuffer all, Transfer transfer) {
        if (position < 0 || position > size() - all.capacity()) {
            throw malformed(position, "%d bytes beyond the end of a machine's state".formatted(all.capacity()));
        }
        try {
            int done = 0;
            while (done < all.capacity()) {
                long at = position + done;
                int within = (int) (at % Qcow2Snapshot.CLUSTER_BYTES);
                int length = Math.min(all.capacity() - done, Qcow2Snapshot.CLUSTER_BYTES - within);
                transfer.move(all.slice(done, length), cluster(at / Qcow2Snapshot.CLUSTER_BYTES) + within);
                done += length;
            }
        } catch (IOException e) {
            throw ImageException.io(image, e);
        }
    }

    private long cluster(long index) throws IOException {
        long whole = firstCluster + index;
        long l1Index = whole / Qcow2Snapshot.ENTRIES_PER_CLUSTER;
        if (l1Index >= entry.l1Entries()) {
            throw malformed(entry.l1Offset(), "a machine's state beyond the L1 table");
        }
        long table = mapped(entry.l1Offset() + l1Index * Long.BYTES);
        return mapped(table + whole % Qcow2Snapshot.ENTRIES_PER_CLUSTER * Long.BYTES);
    }

    private long mapped(long at) throws IOException {
        long offset = inFile(at, Long.BYTES).getLong() & Qcow2Snapshot.OFFSET;
        if (offset == 0) {
            throw malformed(at, "a hole in a machine's state");
        }
        return offset;
    }

    private ByteBuffer inFile(long offset, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && offset >= 0) {
            if (file.read(bytes, offset + bytes.position()) < 0) {
                break;
            }
        }
        if (bytes.hasRemaining()) {
            throw malformed(offset, "%d bytes beyond the end of the file".formatted(length));
        }
        return bytes.rewind();
    }

    private ImageException malformed(long offset, String what) {
        return new ImageException(new ImageFailure.Malformed(image.toString(), offset, what));
    }

    @Override
    public void close() {
        try {
            file.close();
        } catch (IOException e) {
            throw ImageException.io(image, e);
        }
    }
}
