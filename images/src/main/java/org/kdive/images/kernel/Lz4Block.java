package org.kdive.images.kernel;

import org.kdive.images.bytes.Bytes;

/**
 * One raw LZ4 block (lz4_Block_format.md): a token's high nibble counts literals, its low nibble the match above 4; 15 goes
 * on in bytes of 255.
 */
final class Lz4Block {
    private Lz4Block() {}

    /** Decodes {@code in} into out[from..to); answers where it stopped. */
    static int decode(Bytes in, byte[] out, int from, int to) {
        byte[] a = in.array();
        int i = in.arrayStart();
        int end = i + in.size();
        int o = from;
        while (i < end) {
            int token = a[i++] & 0xff;
            int literals = token >>> 4;
            if (literals == 15) {
                int more;
                do {
                    requireInput(in, i < end);
                    more = a[i++] & 0xff;
                    literals += more;
                    requireOutput(in, literals <= to - o);
                } while (more == 255);
            }
            requireInput(in, literals <= end - i);
            requireOutput(in, literals <= to - o);
            copyLiterals(a, i, out, o, literals);
            i += literals;
            o += literals;
            if (i == end) {
                return o;
            }
            requireInput(in, end - i >= 2);
            int distance = (a[i] & 0xff) | (a[i + 1] & 0xff) << 8;
            i += 2;
            int match = token & 15;
            if (match == 15) {
                int more;
                do {
                    requireInput(in, i < end);
                    more = a[i++] & 0xff;
                    match += more;
                    requireOutput(in, match <= to - o);
                } while (more == 255);
            }
            match += 4;
            requireOutput(in, match <= to - o && distance > 0 && distance <= o - from);
            copyMatch(out, o, distance, match);
            o += match;
        }
        return o;
    }

    private static void copyLiterals(byte[] in, int i, byte[] out, int o, int length) {
        if (length > 16) {
            System.arraycopy(in, i, out, o, length);
            return;
        }
        for (int k = 0; k < length; k++) {
            out[o + k] = in[i + k];
        }
    }

    private static void copyMatch(byte[] out, int o, int distance, int length) {
        if (length > 16 && distance >= length) {
            System.arraycopy(out, o - distance, out, o, length);
            return;
        }
        for (int k = o; k < o + length; k++) {
            out[k] = out[k - distance];
        }
    }

    private static void requireInput(Bytes in, boolean holds) {
        if (!holds) {
            throw in.malformedAt(in.size(), "LZ4 block ends in the middle of a sequence");
        }
    }

    private static void requireOutput(Bytes in, boolean holds) {
        if (!holds) {
            throw in.malformedAt(0, "LZ4 block does not fit its output");
        }
    }
}
