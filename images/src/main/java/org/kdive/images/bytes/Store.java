package org.kdive.images.bytes;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The bytes under windows: an array, or a mapped file, of which an array is made only if somebody asks for it. Any thread.
 */
final class Store {
    final ByteBuffer buffer; // read by absolute index only

    private volatile byte @Nullable [] array; // null: nobody has asked yet

    private Store(ByteBuffer buffer, byte @Nullable [] array) {
        this.buffer = buffer;
        this.array = array;
    }

    static Store of(byte[] array) {
        return new Store(ByteBuffer.wrap(array), array);
    }

    /** Throws TooLarge before anything is read. */
    static Store mapped(Path file, int limitBytes) {
        try (FileChannel channel = FileChannel.open(file)) {
            if (channel.size() > limitBytes) {
                throw tooLarge(file, channel.size(), limitBytes);
            }
            return new Store(channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size()), null);
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }

    static byte[] read(Path file, int limitBytes) {
        try (InputStream in = Files.newInputStream(file)) {
            long sizeBytes = Files.size(file);
            if (sizeBytes > limitBytes) {
                throw tooLarge(file, sizeBytes, limitBytes);
            }
            // A pipe or a /proc file has size 0: then the limit alone bounds the read.
            return sizeBytes == 0 ? upTo(limitBytes, file, in) : all(in, (int) sizeBytes);
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
            throw tooLarge(file, limitBytes + 1L, limitBytes);
        }
        return contents;
    }

    private static ImageException tooLarge(Path file, long sizeBytes, long limitBytes) {
        return new ImageException(new ImageFailure.TooLarge(file.toString(), sizeBytes, limitBytes));
    }

    int sizeBytes() {
        return buffer.capacity();
    }

    boolean isOnHeap() {
        return array != null;
    }

    byte[] array() {
        byte[] present = array;
        if (present == null) {
            present = copy(0, sizeBytes());
            array = present;
        }
        return present;
    }

    byte[] copy(int from, int length) {
        byte[] copy = new byte[length];
        buffer.get(from, copy);
        return copy;
    }
}
