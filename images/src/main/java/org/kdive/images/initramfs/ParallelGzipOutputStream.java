package org.kdive.images.initramfs;

import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.Objects;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.CRC32;
import java.util.zip.Deflater;

/**
 * One gzip member (RFC 1952), deflated on all cores. A single member because the kernel wants a whole archive in each.
 * Blocks are deflated apart, each with the 32 KiB before it as dictionary and ended by a sync flush, so that they join to
 * one deflate stream; the bytes do not depend on the number of cores.
 */
final class ParallelGzipOutputStream extends OutputStream {
    private static final int BLOCK_BYTES = 256 << 10;
    private static final int WINDOW_BYTES = 32 << 10;
    // Level 9 takes twice the time for a five-hundredth of the size: 100 MB of libraries are smaller than gzip -9 makes
    // them at 8 as well, for cpio headers with real inode numbers pack worse than ours.
    private static final int LEVEL = 8;
    // magic, deflate, no flags, mtime 0 (reproducible), XFL 0 (neither best nor fastest), OS 255 (unknown)
    private static final byte[] HEADER = {0x1f, (byte) 0x8b, 8, 0, 0, 0, 0, 0, 0, (byte) 0xff};

    private final OutputStream out;
    private final int threads = Runtime.getRuntime().availableProcessors();
    private final ExecutorService workers = Executors.newFixedThreadPool(threads, ParallelGzipOutputStream::worker);
    private final Deque<Future<byte[]>> inFlight = new ArrayDeque<>();
    private final CRC32 crc = new CRC32();
    private byte[] block = new byte[BLOCK_BYTES];
    private byte[] dictionary = {};
    private int filled;
    private long totalBytes;
    private boolean begun;
    private boolean closed;

    ParallelGzipOutputStream(OutputStream out) {
        this.out = out;
    }

    private static Thread worker(Runnable work) {
        Thread thread = new Thread(work, "gzip");
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void write(int value) throws IOException {
        write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        crc.update(bytes, offset, length);
        totalBytes += length;
        int done = 0;
        while (done < length) {
            if (filled == BLOCK_BYTES) {
                submit(false);
            }
            int count = Math.min(length - done, BLOCK_BYTES - filled);
            System.arraycopy(bytes, offset + done, block, filled, count);
            filled += count;
            done += count;
        }
    }

    private void submit(boolean last) throws IOException {
        byte[] data = block;
        int length = filled;
        byte[] before = dictionary;
        inFlight.add(workers.submit(() -> deflate(data, length, before, last)));
        dictionary = Arrays.copyOfRange(data, Math.max(0, length - WINDOW_BYTES), length);
        block = new byte[BLOCK_BYTES];
        filled = 0;
        while (inFlight.size() > 2 * threads) {
            drainOne();
        }
    }

    private static byte[] deflate(byte[] data, int length, byte[] before, boolean last) {
        Deflater deflater = new Deflater(LEVEL, true);
        try {
            if (before.length > 0) {
                deflater.setDictionary(before);
            }
            deflater.setInput(data, 0, length);
            if (last) {
                deflater.finish();
            }
            // Deflate grows incompressible data by 5 bytes in 16 KiB; the loop copes if that is not enough.
            byte[] result = new byte[length + (length >> 8) + 64];
            int size = 0;
            while (true) {
                int mode = last ? Deflater.NO_FLUSH : Deflater.SYNC_FLUSH;
                size += deflater.deflate(result, size, result.length - size, mode);
                if (size < result.length) {
                    return Arrays.copyOf(result, size);
                }
                result = Arrays.copyOf(result, result.length * 2);
            }
        } finally {
            deflater.end();
        }
    }

    private void drainOne() throws IOException {
        if (!begun) {
            begun = true;
            out.write(HEADER);
        }
        try {
            out.write(inFlight.remove().get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while compressing", e);
        } catch (ExecutionException | CancellationException e) {
            throw new IOException("compress: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        try (out) {
            submit(true);
            while (!inFlight.isEmpty()) {
                drainOne();
            }
            writeLittleEndian((int) crc.getValue());
            writeLittleEndian((int) totalBytes);
        } finally {
            workers.shutdownNow();
        }
    }

    private void writeLittleEndian(int word) throws IOException {
        for (int shift = 0; shift < 32; shift += 8) {
            out.write(word >>> shift);
        }
    }
}
