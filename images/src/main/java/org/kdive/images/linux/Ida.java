package org.kdive.images.linux;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;

/**
 * {@code struct ida}: an xarray of bitmaps, one for as many numbers as a {@code struct ida_bitmap} has bits, with a number in
 * place of one while the first few alone are in use (lib/idr.c).
 */
final class Ida {
    private final LiveKernel kernel;
    private final List<TreeWalk.Entry> ranges = new ArrayList<>();
    private long first; // of the range that is being put together
    private long next; // behind its last; the same as the first when there is none

    private Ida(LiveKernel kernel) {
        this.kernel = kernel;
    }

    static TreeWalk walk(LiveKernel kernel, long ida, Runnable between) {
        TreeWalk maps = TreeWalk.ofXarray(kernel, ida + kernel.layout("ida").offset("xa"), between);
        Ida into = new Ida(kernel);
        String lost = maps.lost();
        try {
            into.all(maps);
        } catch (ImageException e) {
            if (!(e.failure() instanceof ImageFailure.MemoryFault)) {
                throw e;
            }
            lost = String.valueOf(e.getMessage());
        }
        into.endRange();
        return new TreeWalk(into.ranges, lost);
    }

    private void all(TreeWalk maps) {
        int bytes = kernel.layout("ida_bitmap").type().bytes();
        for (TreeWalk.Entry map : maps.entries()) {
            long base = map.first() * bytes * 8;
            if (map.isNumber()) {
                bits(base, map.number());
            } else {
                Bytes words = kernel.bytes("ida_bitmap", map.value(), bytes);
                for (int at = 0; at + 8 <= bytes; at += 8) {
                    bits(base + 8L * at, word(words, at));
                }
            }
        }
    }

    // a bitmap is of words as long as a pointer: the second of two is the higher one, whatever the order of bytes
    private long word(Bytes words, int at) {
        return kernel.pointerBytes() == 8 || kernel.order() == ByteOrder.LITTLE_ENDIAN
                ? words.u64At(at)
                : words.u32At(at) | words.u32At(at + 4) << 32;
    }

    private void bits(long base, long word) {
        for (int bit = 0; bit < 64; bit++) {
            if ((word >>> bit & 1) != 0) {
                if (base + bit != next) {
                    endRange();
                    first = base + bit;
                }
                next = base + bit + 1;
            }
        }
    }

    private void endRange() {
        if (first != next) {
            ranges.add(new TreeWalk.Entry(first, next - 1, 0));
        }
        first = next;
    }
}
