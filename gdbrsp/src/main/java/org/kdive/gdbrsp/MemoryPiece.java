package org.kdive.gdbrsp;

/** A run of readable bytes. */
@SuppressWarnings("ArrayRecordComponent") // never compared
public record MemoryPiece(long address, byte[] bytes) {}
