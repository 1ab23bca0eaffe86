package org.kdive.images.symbols;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.kdive.images.bytes.ByteWriter;

/** Writes the tables of kallsyms as each generation of kernels lays them out. */
public final class KallsymsBuilder {
    /** What a generation does differently. */
    public enum Generation {
        /** Before 4.6, or without BASE_RELATIVE: absolute addresses first, everything of a long's size. */
        ABSOLUTE_LONGS,
        /** From 4.20 to 6.4 without BASE_RELATIVE: still absolute addresses, but counts and markers of 4 bytes. */
        ABSOLUTE,
        /** 4.6 to 4.19: offsets and a base, but counts and markers of a long's size. */
        OFFSETS_FIRST_LONGS,
        /** Before 6.4: offsets and base first; x86-64 counts text downwards from the base. */
        OFFSETS_FIRST_PERCPU,
        OFFSETS_FIRST,
        /** From 6.4. */
        OFFSETS_LAST_PERCPU,
        OFFSETS_LAST,
        /** From 7.0. */
        PLACE_RELATIVE;

        boolean offsetsFirst() {
            return switch (this) {
                case ABSOLUTE_LONGS, ABSOLUTE, OFFSETS_FIRST_LONGS, OFFSETS_FIRST_PERCPU, OFFSETS_FIRST -> true;
                case OFFSETS_LAST_PERCPU, OFFSETS_LAST, PLACE_RELATIVE -> false;
            };
        }

        boolean isAbsolute() {
            return this == ABSOLUTE_LONGS || this == ABSOLUTE;
        }

        boolean hasLongs() {
            return this == ABSOLUTE_LONGS || this == OFFSETS_FIRST_LONGS;
        }

        public boolean perCpu() {
            return this == OFFSETS_FIRST_PERCPU || this == OFFSETS_LAST_PERCPU;
        }
    }

    private static final List<String> PAIRS = List.of("sy", "do", "_a", "re", "__", "symbol", "cpu");
    private static final int[] LONG_TOKENS = {1, 201, 202, 203, 204, 205, 206};
    private static final String NAME_CHARACTERS = "0123456789_.$abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";

    private final Generation generation;
    private final int wordBytes;
    private final ByteOrder order;
    private final String[] tokens = new String[256];
    private boolean longLengths = true;
    private boolean sequence;
    private boolean sequenceLast;
    private boolean baseInPlace = true;
    private int basePosition;

    public KallsymsBuilder(Generation generation, int wordBytes, ByteOrder order) {
        this.generation = generation;
        this.wordBytes = wordBytes;
        this.order = order;
        Arrays.fill(tokens, "");
        NAME_CHARACTERS.chars().forEach(c -> tokens[c] = String.valueOf((char) c));
        for (int i = 0; i < PAIRS.size(); i++) {
            tokens[LONG_TOKENS[i]] = PAIRS.get(i);
        }
    }

    /** Before 6.1 a name's length was one byte, without a bit to extend it. */
    public KallsymsBuilder shortLengths() {
        longLengths = false;
        return this;
    }

    /** With kallsyms_seqs_of_names, as 6.2 and later have it. */
    public KallsymsBuilder withSequence() {
        sequence = true;
        return this;
    }

    /** As 6.9 and later have it: behind the addresses. */
    public KallsymsBuilder withSequenceLast() {
        sequence = false;
        sequenceLast = true;
        return this;
    }

    /** The base is left to a relocation. */
    public KallsymsBuilder relocatedBase() {
        baseInPlace = false;
        return this;
    }

    /** Where the relative base is in what was built last. */
    public int basePosition() {
        return basePosition;
    }

    /** The tables, to be placed at an address. The symbols come sorted; the base is the first not per-CPU one. */
    public byte[] build(List<Symbol> symbols, long address) {
        ByteWriter out = new ByteWriter(order);
        long base = symbols.stream()
                .filter(s -> !s.isAbsolute())
                .findFirst()
                .orElseThrow()
                .address();
        if (generation.offsetsFirst()) {
            offsets(out, symbols, address, base);
        }
        number(out, symbols.size());
        names(out, symbols);
        tokens(out);
        if (!generation.offsetsFirst()) {
            offsets(out, symbols, address, base);
            if (sequenceLast) {
                sequence(out, symbols.size());
            }
        }
        return out.align(8).toArray();
    }

    private void offsets(ByteWriter out, List<Symbol> symbols, long address, long base) {
        out.align(generation == Generation.PLACE_RELATIVE ? 4 : wordBytes);
        for (Symbol symbol : symbols) {
            switch (generation) {
                case ABSOLUTE_LONGS, ABSOLUTE -> out.word(symbol.address(), wordBytes);
                case OFFSETS_FIRST_LONGS, OFFSETS_FIRST, OFFSETS_LAST -> out.u32(symbol.address() - base);
                case OFFSETS_FIRST_PERCPU, OFFSETS_LAST_PERCPU ->
                    out.u32(symbol.isAbsolute() ? symbol.address() : base - 1 - symbol.address());
                case PLACE_RELATIVE -> out.u32(symbol.address() - (address + out.position()));
            }
        }
        if (!generation.isAbsolute() && generation != Generation.PLACE_RELATIVE) {
            basePosition = out.align(wordBytes).position();
            out.word(baseInPlace ? base : 0, wordBytes);
        }
    }

    private void number(ByteWriter out, int count) {
        out.align(wordBytes).word(count, generation.hasLongs() ? wordBytes : 4);
        out.align(wordBytes);
    }

    private void names(ByteWriter out, List<Symbol> symbols) {
        int start = out.position();
        List<Integer> markers = new ArrayList<>();
        for (int i = 0; i < symbols.size(); i++) {
            if (i % 256 == 0) {
                markers.add(out.position() - start);
            }
            byte[] packed = pack(symbols.get(i).type() + symbols.get(i).name());
            if (longLengths && packed.length >= 0x80) {
                out.u8((packed.length & 0x7f) | 0x80).u8(packed.length >> 7);
            } else {
                out.u8(packed.length);
            }
            out.bytes(packed);
        }
        out.align(wordBytes);
        int slotBytes = generation.hasLongs() ? wordBytes : 4;
        markers.forEach(offset -> out.word(offset, slotBytes));
        out.align(wordBytes);
        if (sequence) {
            sequence(out, symbols.size());
        }
    }

    private void sequence(ByteWriter out, int count) {
        for (int i = 0; i < count; i++) {
            out.u8(i >> 16).u8(i >> 8).u8(i);
        }
        out.align(wordBytes);
    }

    private byte[] pack(String text) {
        ByteWriter out = new ByteWriter(order);
        int at = 0;
        while (at < text.length()) {
            int best = text.charAt(at);
            for (int token : LONG_TOKENS) {
                if (tokens[token].length() > tokens[best].length() && text.startsWith(tokens[token], at)) {
                    best = token;
                }
            }
            out.u8(best);
            at += tokens[best].length();
        }
        return out.toArray();
    }

    private void tokens(ByteWriter out) {
        int start = out.position();
        int[] index = new int[256];
        for (int i = 0; i < 256; i++) {
            index[i] = out.position() - start;
            out.bytes(tokens[i].getBytes(StandardCharsets.ISO_8859_1)).u8(0);
        }
        out.align(wordBytes);
        for (int offset : index) {
            out.u16(offset);
        }
    }

    /** Sorted symbols such as a kernel has: per-CPU ones if asked for, aliases, names of every length. */
    public static List<Symbol> symbols(int count, long text, int perCpu) {
        List<Symbol> symbols = new ArrayList<>();
        for (int i = 0; i < perCpu; i++) {
            symbols.add(new Symbol("cpu_" + i, 16L * i, 0, 'A'));
        }
        long address = text;
        for (int i = perCpu; i < count; i++) {
            String name = i == perCpu ? "_text" : "symbol_" + i + "_" + "x".repeat(i % 97 == 0 ? 300 : i % 7);
            symbols.add(new Symbol(name, address, 0, "tTdDbR".charAt(i % 6)));
            address += i % 5 == 0 ? 0 : 16 + i % 48;
        }
        return symbols;
    }
}
