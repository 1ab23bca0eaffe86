package org.kdive.images.arch;

import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;

/** Virtual addresses over physical memory, page by page. */
final class VirtualMemory implements Memory {
    private final PageTables tables;
    private final Memory physical;

    VirtualMemory(PageTables tables, Memory physical) {
        this.tables = tables;
        this.physical = physical;
    }

    @Override
    public byte[] read(long address, int length) {
        byte[] all = new byte[length];
        int done = 0;
        while (done < length) {
            long at = address + done;
            Translation where = tables.translate(at).orElseThrow(() -> ImageException.memoryFault(at));
            int count = (int) Math.min(length - done, where.bytesLeftInPage());
            System.arraycopy(readPhysical(where.physical(), count, at), 0, all, done, count);
            done += count;
        }
        return all;
    }

    // the fault of the physical memory carries a physical address, which means nothing to whoever asked
    private byte[] readPhysical(long from, int count, long virtual) {
        try {
            return physical.read(from, count);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault fault) {
                throw new ImageException(new ImageFailure.MemoryFault(virtual + (fault.address() - from)), e);
            }
            throw e;
        }
    }
}
