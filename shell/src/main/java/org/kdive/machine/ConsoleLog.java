package org.kdive.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The first bytes of the console, in a file: the boot, which the ring has long forgotten when a guest floods. Bounded,
 * because the run directory may be in memory. A full disk ends the log and never the draining. Confined to one thread.
 */
final class ConsoleLog implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("session");

    private final Path path;
    private final FileChannel file;
    private long left;

    /** At the end of a file of the user's, without a bound. */
    static ConsoleLog appending(Path path) throws IOException {
        return new ConsoleLog(
                path,
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND),
                Long.MAX_VALUE);
    }

    private ConsoleLog(Path path, FileChannel file, long limitBytes) {
        this.path = path;
        this.file = file;
        this.left = limitBytes;
    }

    ConsoleLog(Path path, long limitBytes) throws IOException {
        this.path = path;
        this.file = FileChannel.open(
                path, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING);
        this.left = limitBytes;
    }

    void add(byte[] bytes, int length) {
        ByteBuffer some = ByteBuffer.wrap(bytes, 0, (int) Math.min(length, left));
        try {
            while (some.hasRemaining()) {
                left -= file.write(some);
            }
        } catch (IOException e) {
            left = 0;
            LOG.warn("the console is no longer logged in {}: {}", path, e.getMessage());
        }
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
