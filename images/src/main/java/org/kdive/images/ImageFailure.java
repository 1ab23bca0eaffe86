package org.kdive.images;

/** Why an {@link ImageException} was thrown. Callers branch on this, never on the text. */
public sealed interface ImageFailure {
    /** One line, no final period. */
    String describe();

    /** Bytes that contradict their format, at an offset of the named source. */
    record Malformed(String source, long offset, String what) implements ImageFailure {
        @Override
        public String describe() {
            return "%s: malformed at offset 0x%x: %s".formatted(source, offset, what);
        }
    }

    /** Well formed as far as we can tell, but a kind that we do not know. */
    record Unsupported(String source, String what) implements ImageFailure {
        @Override
        public String describe() {
            return "%s: unsupported: %s".formatted(source, what);
        }
    }

    /** Nothing is mapped, or could be read, at the address. */
    record MemoryFault(long address) implements ImageFailure {
        @Override
        public String describe() {
            return "cannot access memory at 0x%x".formatted(address);
        }
    }

    record NotAKernel(String source, String what) implements ImageFailure {
        @Override
        public String describe() {
            return "%s: not a kernel image: %s".formatted(source, what);
        }
    }

    /** More than we are willing to hold: a lying header or a decompression bomb. */
    record TooLarge(String source, long sizeBytes, long limitBytes) implements ImageFailure {
        @Override
        public String describe() {
            return "%s: too large: %d bytes or more, the limit is %d".formatted(source, sizeBytes, limitBytes);
        }
    }

    record Io(String path, String why) implements ImageFailure {
        @Override
        public String describe() {
            return path + ": " + why;
        }
    }

    /** Something required is not there: a symbol, a table, a package. */
    record Missing(String source, String what) implements ImageFailure {
        @Override
        public String describe() {
            return source + ": " + what;
        }
    }
}
