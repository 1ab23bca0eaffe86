package org.kdive.images.symbols;

import java.nio.ByteOrder;
import java.util.Optional;
import org.kdive.images.bytes.Bytes;

/**
 * The 256 strings that kallsyms builds names of, found in an image by what they must look like: a character that occurs
 * in names stands for itself, so the table has "0", "1", ... "9" one behind the other, at their ASCII codes.
 *
 * <pre>
 * kallsyms_token_table: 256 strings, each with its NUL      kallsyms_token_index: u16[256], where each begins
 * </pre>
 */
final class KallsymsTokens {
    static final int TOKENS = 256;
    static final int INDEX_BYTES = 2 * TOKENS;

    private static final int FIRST_DIGIT = '0';
    private static final byte[] DIGITS = {'0', 0, '1', 0, '2', 0, '3', 0, '4', 0, '5', 0, '6', 0, '7', 0, '8', 0, '9', 0
    };
    // Padding between the two tables: alignment to 8, or to 256 in kernels before 4.20 built for large alignments.
    private static final int MAX_PADDING = 260;
    private static final int MAX_TOKEN_BYTES = 512;
    // Any 20 bytes contain an 8-byte word at a multiple of 12.
    private static final int STRIDE = 12;

    private final Bytes image;
    private final int tableOffset;
    private final int indexOffset;
    private final int[] starts = new int[TOKENS];
    private final int[] lengths = new int[TOKENS];

    private KallsymsTokens(Bytes ordered, int tableOffset, int indexOffset) {
        this.image = ordered;
        this.tableOffset = tableOffset;
        this.indexOffset = indexOffset;
    }

    /** The image, in the byte order of the tables. */
    Bytes image() {
        return image;
    }

    int tableOffset() {
        return tableOffset;
    }

    int indexOffset() {
        return indexOffset;
    }

    /** Where in the image the text of the last token has ended. */
    int endOffset() {
        return starts[TOKENS - 1] + lengths[TOKENS - 1];
    }

    /** Where in the image each token's text begins. */
    int start(int token) {
        return starts[token];
    }

    int length(int token) {
        return lengths[token];
    }

    /** The first such tables at or after an offset. */
    static Optional<KallsymsTokens> find(Bytes image, int from) {
        Bytes little = image.withOrder(ByteOrder.LITTLE_ENDIAN);
        int last = image.size() - 8;
        for (int at = from; at <= last; at += STRIDE) {
            if (couldBeDigits(little.u64At(at))) {
                for (int start = Math.max(0, at - STRIDE); start <= at; start++) {
                    Optional<KallsymsTokens> found = image.holdsAt(start, DIGITS) ? at(image, start) : Optional.empty();
                    if (found.isPresent()) {
                        return found;
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Every other byte 0, the others 0x30 to 0x3f: costs two comparisons for twelve bytes of image. */
    private static boolean couldBeDigits(long word) {
        return (word & 0xfff0fff0_fff0fff0L) == 0x00300030_00300030L
                || (word & 0xf0fff0ff_f0fff0ffL) == 0x30003000_30003000L;
    }

    private static Optional<KallsymsTokens> at(Bytes image, int digits) {
        int[] offsets = new int[TOKENS - FIRST_DIGIT];
        int at = digits;
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = at - digits;
            int end = endOfToken(image, at);
            if (end < 0) {
                return Optional.empty();
            }
            at = end + 1;
        }
        for (int index = at; index <= at + MAX_PADDING && image.holds(index, INDEX_BYTES); index++) {
            for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
                Bytes ordered = image.withOrder(order);
                if (matches(ordered, index, offsets)) {
                    int table = digits - ordered.u16At(index + 2L * FIRST_DIGIT);
                    KallsymsTokens tokens = new KallsymsTokens(ordered, table, index);
                    if (table >= 0 && tokens.readAll()) {
                        return Optional.of(tokens);
                    }
                }
            }
        }
        return Optional.empty();
    }

    private static int endOfToken(Bytes image, int from) {
        int limit = Math.min(image.size(), from + MAX_TOKEN_BYTES);
        for (int i = from; i < limit; i++) {
            if (image.u8At(i) == 0) {
                return i;
            }
        }
        return -1;
    }

    private static boolean matches(Bytes image, int index, int[] offsets) {
        if (image.u16At(index) != 0) {
            return false;
        }
        int first = image.u16At(index + 2L * FIRST_DIGIT);
        for (int i = 0; i < offsets.length; i++) {
            if (image.u16At(index + 2L * (FIRST_DIGIT + i)) - first != offsets[i]) {
                return false;
            }
        }
        return true;
    }

    /** Every token must end exactly where the next one starts. */
    private boolean readAll() {
        int at = tableOffset;
        for (int token = 0; token < TOKENS; token++) {
            if (tableOffset + image.u16At(indexOffset + 2L * token) != at) {
                return false;
            }
            int end = endOfToken(image, at);
            if (end < 0) {
                return false;
            }
            starts[token] = at;
            lengths[token] = end - at;
            at = end + 1;
        }
        return true;
    }
}
