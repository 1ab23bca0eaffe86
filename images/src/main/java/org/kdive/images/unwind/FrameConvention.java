package org.kdive.images.unwind;

import java.util.Optional;
import java.util.OptionalLong;

/** How one architecture's compiler keeps frame pointers. A record is two words: the caller's frame pointer, the return address. */
interface FrameConvention {
    String pcName();

    String spName();

    String fpName();

    /** Where the record lies for a frame pointer. */
    long recordAddress(long fp);

    /** The stack pointer that the caller finds again; maybe too low where {@link #isFrameAtRecord} is false. */
    long callersSp(long fp);

    /** Whether the caller's stack pointer follows from the frame pointer alone. */
    default boolean isFrameAtRecord() {
        return true;
    }

    /**
     * How far the caller's stack pointer is above the function's frame pointer, by the code that set it up.
     *
     * @param prologue the function's first bytes
     */
    default OptionalLong callersSpAboveFp(byte[] prologue) {
        return OptionalLong.empty();
    }

    /** What code that does not keep a record has taken from the stack so far. */
    default long takenBytes(byte[] code) {
        return 0;
    }

    /** The register that holds the return address when a function is entered, and again when it has returned. */
    default Optional<String> linkName() {
        return Optional.empty();
    }

    /** A return address without what hardware adds to it. */
    default long plain(long returnAddress) {
        return returnAddress;
    }

    boolean isUser(RegisterValues registers);

    /** How exceptions lie in the chain of records; empty where that is not known. */
    default Optional<Arm64Exceptions> exceptions() {
        return Optional.empty();
    }

    /** Where the return address of the innermost function is while it has no record of its own. */
    enum Leaf {
        /** It has a record. */
        FRAMED,
        /** In the link register. */
        LINK,
        /** At the stack pointer. */
        AT_SP,
        /** One word above the stack pointer: the frame pointer was pushed and not yet moved. */
        ABOVE_SP
    }

    /** How many bytes of a function's beginning {@link #leaf} wants to see. */
    int PROLOGUE_BYTES = 96;

    /**
     * @param prologue the function's first bytes
     * @param offset of the pc in the function
     * @param next the bytes at the pc, at least four, at most {@link #EPILOGUE_BYTES}
     */
    Leaf leaf(byte[] prologue, long offset, byte[] next);

    /** How many bytes of code before a return {@link #leaf} wants to see. */
    int EPILOGUE_BYTES = 64;

    /** Whether this is the end of a function, which has restored its caller's frame pointer by then. */
    default boolean isReturning(byte[] next) {
        return false;
    }

    /** What such code gives back to the stack before it returns. */
    default long givenBack(byte[] next) {
        return 0;
    }

    /** The link register; empty on an architecture without one. */
    OptionalLong link(RegisterValues registers);
}
