package org.kdive.images.types;

/** A struct, union or enum that is declared and nowhere defined. */
public record ForwardType(String name, Kind kind) implements Type {
    /** Which word stands before the name. */
    public enum Kind {
        STRUCT("struct"),
        UNION("union"),
        ENUM("enum");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        public String word() {
            return word;
        }
    }

    @Override
    public long sizeBytes() {
        return 0;
    }
}
