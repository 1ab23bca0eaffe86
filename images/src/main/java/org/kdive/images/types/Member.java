package org.kdive.images.types;

/**
 * A member of a struct or union.
 *
 * @param name empty for an anonymous struct or union
 * @param bitOffset from the start of the struct it was asked of
 * @param bitSize of a bit-field; 0 for all others
 */
public record Member(String name, TypeRef type, long bitOffset, int bitSize) {
    public boolean isBitField() {
        return bitSize != 0;
    }

    /** Of its first byte; a bit-field may begin within it. */
    public long byteOffset() {
        return bitOffset >> 3;
    }

    Member within(Member outer) {
        return new Member(name, type, outer.bitOffset + bitOffset, bitSize);
    }
}
