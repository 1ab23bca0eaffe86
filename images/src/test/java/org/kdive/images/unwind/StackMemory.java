package org.kdive.images.unwind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;

/** One mapped range that a test writes. */
final class StackMemory implements Memory {
    private final long base;
    private final ByteBuffer bytes;

    StackMemory(long base, int size) {
        this.base = base;
        this.bytes = ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
    }

    StackMemory put(long address, long... words) {
        for (int i = 0; i < words.length; i++) {
            bytes.putLong((int) (address - base) + 8 * i, words[i]);
        }
        return this;
    }

    StackMemory putCode(long address, int... code) {
        for (int i = 0; i < code.length; i++) {
            bytes.put((int) (address - base) + i, (byte) code[i]);
        }
        return this;
    }

    StackMemory putWords(long address, int... words) {
        for (int i = 0; i < words.length; i++) {
            bytes.putInt((int) (address - base) + 4 * i, words[i]);
        }
        return this;
    }

    @Override
    public byte[] read(long address, int length) {
        long offset = address - base;
        if (offset < 0 || offset > bytes.capacity() - length) {
            throw ImageException.memoryFault(address);
        }
        byte[] copy = new byte[length];
        bytes.get((int) offset, copy);
        return copy;
    }
}
