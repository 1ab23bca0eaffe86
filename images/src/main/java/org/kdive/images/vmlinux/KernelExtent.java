package org.kdive.images.vmlinux;

import java.util.Arrays;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;

/**
 * How far a running kernel reaches around an address in its code. It is mapped in one stretch, in which memory that was freed
 * after boot is missing, and nothing else is mapped right before it.
 */
final class KernelExtent {
    private static final int PAGE = 4096;
    /** Smallest alignment of a kernel's sections where it is mapped by pages: arm64's SEGMENT_ALIGN, 64 KiB. */
    private static final long STEP_BYTES = 0x10000;

    private static final long FARTHEST_BYTES = 192L << 20;
    private static final long LARGEST_HOLE = 16L << 20;
    private static final long LONGEST_STEP = 256 << 10;
    private static final int CHUNK_BYTES = 1 << 20;

    private final Memory memory;

    KernelExtent(Memory memory) {
        this.memory = memory;
    }

    /** The first address that is mapped with all from there up to {@code inside}; empty if not even that one is. */
    OptionalLong begin(long inside) {
        long begin = inside & -STEP_BYTES;
        long lowest = begin - FARTHEST_BYTES;
        if (!isMapped(inside & -PAGE)) {
            return OptionalLong.empty();
        }
        while (begin > lowest && isMapped(begin - PAGE) && isMapped(begin - STEP_BYTES)) {
            begin -= STEP_BYTES;
        }
        return OptionalLong.of(begin);
    }

    /** What is mapped from there on, with zeros where memory is missing. */
    byte[] contents(long begin) {
        byte[] all = new byte[CHUNK_BYTES];
        int end = 0; // behind the last byte that was there
        long at = begin;
        while (at - begin < FARTHEST_BYTES) {
            int offset = (int) (at - begin);
            if (offset + CHUNK_BYTES > all.length) {
                all = Arrays.copyOf(all, Math.max(offset + CHUNK_BYTES, all.length * 2));
            }
            byte[] bytes = prefix(at, CHUNK_BYTES);
            System.arraycopy(bytes, 0, all, offset, bytes.length);
            end = bytes.length > 0 ? offset + bytes.length : end;
            at += bytes.length;
            if (bytes.length < CHUNK_BYTES) {
                OptionalLong next = behindHole(at);
                if (next.isEmpty()) {
                    break;
                }
                at = next.getAsLong();
            }
        }
        return Arrays.copyOf(all, end);
    }

    // farther and farther away, then halving. What follows the hole is longer than a step, not always
    // than the hole: doubling the step ran past the data of Debian's 6.1 for arm64
    private OptionalLong behindHole(long hole) {
        long missing = hole;
        for (long step = PAGE; step <= LARGEST_HOLE; step += Math.min(step, LONGEST_STEP)) {
            long there = hole + step;
            if (isMapped(there)) {
                while (there - missing > PAGE) {
                    long middle = missing + (there - missing) / 2 & -PAGE;
                    if (isMapped(middle)) {
                        there = middle;
                    } else {
                        missing = middle;
                    }
                }
                return OptionalLong.of(there);
            }
            missing = there;
        }
        return OptionalLong.empty();
    }

    private boolean isMapped(long address) {
        return prefix(address, 8).length == 8;
    }

    private byte[] prefix(long address, int length) {
        try {
            return memory.read(address, length);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault fault) {
                long readable = fault.address() - address & -PAGE;
                return readable > 0 && readable < length ? prefix(address, (int) readable) : new byte[0];
            }
            throw e;
        }
    }
}
