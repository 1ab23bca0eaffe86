package org.kdive.images.patches;

import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;

/**
 * What KASLR adds to a kernel's words. Behind the ELF file lie 32-bit link addresses, to be read from the end: of 32-bit
 * words, then (64-bit kernels) of words relative to per-CPU data, then of 64-bit words, each list closed by a zero.
 * arch/x86/boot/compressed/misc.c, handle_relocations.
 */
final class X86Relocations {
    // head         ...   0  a64 a64 ...  0  inv inv ...  0  a32 a32 ...        end of the payload
    private final Bytes payload;

    X86Relocations(KernelImage image) {
        this.payload = image.payload();
    }

    /** Moves the words of the code by the slide, as the decompressor does. */
    void apply(long start, byte[] code, long slideBytes) {
        long at = payload.size() - 4L;
        at = apply(at, start, code, slideBytes, 4);
        at = apply(at, start, code, -slideBytes, 4);
        apply(at, start, code, slideBytes, 8);
    }

    private long apply(long last, long start, byte[] code, long delta, int width) {
        long at = last;
        while (at >= 0 && payload.s32At(at) != 0) {
            long offset = payload.s32At(at) - start; // sign-extended, as the kernel's addresses are
            if (offset >= 0 && offset + width <= code.length) {
                add(code, (int) offset, delta, width);
            }
            at -= 4;
        }
        return at - 4;
    }

    private static void add(byte[] code, int offset, long delta, int width) {
        long word = 0;
        for (int i = width - 1; i >= 0; i--) {
            word = word << 8 | code[offset + i] & 0xff;
        }
        word += delta;
        for (int i = 0; i < width; i++) {
            code[offset + i] = (byte) (word >>> 8 * i);
        }
    }
}
