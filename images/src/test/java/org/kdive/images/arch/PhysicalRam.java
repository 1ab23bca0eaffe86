package org.kdive.images.arch;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.Map;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;

/** Sparse RAM built by a test: 4 KiB pages exist once written. Aligned words only; reads may cross pages. */
final class PhysicalRam implements Memory {
    private final Map<Long, byte[]> pages = new HashMap<>();

    PhysicalRam put64(long address, long value) {
        page(address).order(ByteOrder.LITTLE_ENDIAN).putLong((int) (address & 0xfff), value);
        return this;
    }

    PhysicalRam put32(long address, long value) {
        page(address).order(ByteOrder.LITTLE_ENDIAN).putInt((int) (address & 0xfff), (int) value);
        return this;
    }

    private ByteBuffer page(long address) {
        return ByteBuffer.wrap(pages.computeIfAbsent(address >>> 12, number -> new byte[4096]));
    }

    @Override
    public byte[] read(long address, int length) {
        byte[] all = new byte[length];
        for (int i = 0; i < length; i++) {
            byte[] page = pages.get((address + i) >>> 12);
            if (page == null) {
                throw ImageException.memoryFault(address + i);
            }
            all[i] = page[(int) ((address + i) & 0xfff)];
        }
        return all;
    }
}
