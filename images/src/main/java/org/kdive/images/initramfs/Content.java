package org.kdive.images.initramfs;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;
import org.kdive.images.ImageException;

/** The bytes of a regular file, wherever they are until they are wanted. */
public sealed interface Content {
    long sizeBytes();

    /** A new stream over the bytes, for the caller to close. */
    InputStream open() throws IOException;

    static Content of(byte[] bytes) {
        return new InMemory(bytes, 0, bytes.length);
    }

    static Content of(String text) {
        return of(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Its size is taken now; the writer fails if the file has another by the time it is read. */
    static Content ofFile(Path file) {
        try {
            return new OnDisk(file, Files.size(file));
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }

    /** All of it in memory. For small files and tests. */
    default byte[] toArray() {
        try (InputStream in = open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw ImageException.io(Path.of(toString()), e);
        }
    }

    /** Part of an array, which must not change. Equal if the bytes are. */
    final class InMemory implements Content {
        private final byte[] array;
        private final int start;
        private final int length;

        InMemory(byte[] array, int start, int length) {
            this.array = array;
            this.start = start;
            this.length = length;
        }

        void update(MessageDigest digest) {
            digest.update(array, start, length);
        }

        @Override
        public long sizeBytes() {
            return length;
        }

        @Override
        public InputStream open() {
            return new ByteArrayInputStream(array, start, length);
        }

        @Override
        public boolean equals(Object other) {
            return other instanceof InMemory that
                    && Arrays.equals(array, start, start + length, that.array, that.start, that.start + that.length);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(toArray());
        }

        @Override
        public String toString() {
            return length + " bytes in memory";
        }
    }

    record OnDisk(Path file, long sizeBytes) implements Content {
        @Override
        public InputStream open() throws IOException {
            return Files.newInputStream(file);
        }

        @Override
        public String toString() {
            return file.toString();
        }
    }
}
