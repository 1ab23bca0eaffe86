package org.kdive.cli;

import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Standard output that remembers why it failed. A {@code PrintStream} only knows that it did, and the reasons differ: the
 * reader of a pipe that has seen enough is no error, a full disk is.
 */
final class AnswerStream extends FilterOutputStream {
    private @Nullable IOException failure; // null while everything was written

    AnswerStream(OutputStream stream) {
        super(stream);
    }

    /** The first failure, or null. */
    @Nullable
    IOException failure() {
        return failure;
    }

    static boolean isBrokenPipe(IOException failure) {
        // The JDK has no type for EPIPE, only strerror's text (English here: the JVM does not call setlocale for
        // messages).
        return String.valueOf(failure.getMessage()).contains("Broken pipe");
    }

    @Override
    public void write(int one) throws IOException {
        write(new byte[] {(byte) one}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        try {
            out.write(bytes, offset, length);
        } catch (IOException e) {
            if (failure == null) {
                failure = e;
            }
            throw e;
        }
    }
}
