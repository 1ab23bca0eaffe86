package org.kdive.images.symbols;

import java.util.Optional;
import org.kdive.images.bytes.Bytes;

/**
 * The symbol table that a kernel carries in itself (scripts/kallsyms.c, kernel/kallsyms.c), found in a stripped image by
 * its structure alone: no symbol, section or version is needed.
 */
public final class Kallsyms {
    private static final int MAX_NAME_BYTES = 1024; // KSYM_NAME_LEN is 512
    private static final int MAX_FALSE_STARTS = 8;
    private static final int MAX_NAMES_BYTES = 128 << 20;

    private final KallsymsTokens tokens;
    private final KallsymsNames names;
    private final int packedOffset;
    private final byte[] packed; // from the first name to behind the last token
    private final byte[] name = new byte[MAX_NAME_BYTES];

    private Kallsyms(KallsymsTokens tokens, KallsymsNames names) {
        this.tokens = tokens;
        this.names = names;
        this.packedOffset = names.namesOffset();
        this.packed = tokens.image().toArray(packedOffset, tokens.endOffset() - packedOffset);
    }

    /**
     * The kernel's own symbols at link-time addresses; empty if the image has none that we can recognise.
     *
     * @param image the unpacked kernel
     * @param likelyOffset where in it to look first: its read-only data, or 0
     * @param wordBytes the size of a pointer
     * @param map offsets of {@code image} to addresses
     */
    public static Optional<SymbolTable> find(Bytes image, int likelyOffset, int wordBytes, LinkMap map) {
        Optional<SymbolTable> found = findFrom(image, likelyOffset, wordBytes, map);
        return found.isPresent() || likelyOffset == 0 ? found : findFrom(image, 0, wordBytes, map);
    }

    private static Optional<SymbolTable> findFrom(Bytes image, int from, int wordBytes, LinkMap map) {
        Optional<KallsymsTokens> tokens = KallsymsTokens.find(image, from);
        for (int tries = 0; tokens.isPresent() && tries < MAX_FALSE_STARTS; tries++) {
            Optional<SymbolTable> table = read(tokens.get(), wordBytes, map);
            if (table.isPresent()) {
                return table;
            }
            tokens = KallsymsTokens.find(image, tokens.get().indexOffset());
        }
        return Optional.empty();
    }

    private static Optional<SymbolTable> read(KallsymsTokens tokens, int wordBytes, LinkMap map) {
        return KallsymsNames.find(tokens)
                .flatMap(names -> new KallsymsAddresses(tokens, names, wordBytes, map)
                        .read()
                        .map(addresses -> new Kallsyms(tokens, names).table(addresses)));
    }

    private SymbolTable table(long[] addresses) {
        SymbolTableBuilder builder = new SymbolTableBuilder(names.count());
        int at = names.namesOffset();
        long total = 0;
        for (long address : addresses) {
            int from = at + names.lengthBytes(at);
            int length = names.length(at);
            int nameLength = expand(from, length);
            total += nameLength;
            if (nameLength == 0 || total > MAX_NAMES_BYTES) {
                throw tokens.image().malformedAt(at, "kallsyms name");
            }
            builder.add(name, 1, nameLength - 1, address, 0, (char) (name[0] & 0xff));
            at = from + length;
        }
        return builder.build("kallsyms of " + tokens.image().source());
    }

    /** The first character is the type, as nm would print it. */
    private int expand(int from, int length) {
        int start = from - packedOffset;
        int written = 0;
        for (int i = start; i < start + length; i++) {
            int token = packed[i] & 0xff;
            int tokenLength = tokens.length(token);
            if (tokenLength > MAX_NAME_BYTES - written) {
                throw tokens.image().malformedAt(from, "kallsyms name longer than %d".formatted(MAX_NAME_BYTES));
            }
            int tokenStart = tokens.start(token) - packedOffset;
            for (int k = 0; k < tokenLength; k++) {
                name[written++] = packed[tokenStart + k];
            }
        }
        return written;
    }
}
