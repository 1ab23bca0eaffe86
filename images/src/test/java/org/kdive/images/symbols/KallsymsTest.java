package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.images.bytes.ByteWriter;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.KallsymsBuilder.Generation;

final class KallsymsTest {
    private static final int COUNT = 3000;
    private static final int BEFORE = 5000;

    static Stream<Arguments> everyKindOfKernel() {
        List<Arguments> kinds = new ArrayList<>();
        for (Generation generation : Generation.values()) {
            for (int wordBytes : new int[] {8, 4}) {
                for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
                    if (wordBytes == 8 || !generation.perCpu()) {
                        kinds.add(Arguments.of(generation, wordBytes, order));
                    }
                }
            }
        }
        return kinds.stream();
    }

    @ParameterizedTest
    @MethodSource("everyKindOfKernel")
    void findsEverySymbolOf(Generation generation, int wordBytes, ByteOrder order) {
        for (int count : new int[] {COUNT, COUNT + 1, 257}) {
            List<Symbol> symbols = KallsymsBuilder.symbols(count, text(wordBytes), generation.perCpu() ? 40 : 0);
            KallsymsBuilder builder = new KallsymsBuilder(generation, wordBytes, order);
            assertFound(symbols, builder, wordBytes);
            assertFound(symbols, builder.withSequence(), wordBytes);
            assertFound(symbols, builder.withSequenceLast(), wordBytes);
        }
    }

    @Test
    void readsLengthsOfOneByteAsWell() {
        List<Symbol> symbols = KallsymsBuilder.symbols(COUNT, text(8), 40).stream()
                .map(s ->
                        s.name().length() < 200 ? s : new Symbol(s.name().substring(0, 200), s.address(), 0, s.type()))
                .toList();
        assertFound(
                symbols,
                new KallsymsBuilder(Generation.OFFSETS_FIRST_PERCPU, 8, ByteOrder.LITTLE_ENDIAN).shortLengths(),
                8);
    }

    @Test
    void skipsWhatOnlyLooksLikeATokenTable() {
        byte[] decoy = new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .cstring("0")
                .cstring("1")
                .cstring("2")
                .cstring("3")
                .cstring("4")
                .cstring("5")
                .cstring("6")
                .cstring("7")
                .cstring("8")
                .cstring("9")
                .zeros(1000)
                .align(8)
                .toArray();
        List<Symbol> symbols = KallsymsBuilder.symbols(COUNT, text(8), 0);
        byte[] tables = new KallsymsBuilder(Generation.OFFSETS_LAST, 8, ByteOrder.LITTLE_ENDIAN)
                .build(symbols, text(8) + decoy.length);
        byte[] image = new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .bytes(decoy)
                .bytes(tables)
                .toArray();
        assertSame(find(image, 8, text(8)), symbols);
    }

    @Test
    void findsNothingInAnImageWithoutSymbols() {
        byte[] noise = new byte[1 << 20];
        new Random(1).nextBytes(noise);
        assertThat(Kallsyms.find(Bytes.of("noise", noise), 0, 8, at(0))).isEmpty();
        assertThat(Kallsyms.find(Bytes.of("zeros", new byte[1 << 16]), 0, 8, at(0)))
                .isEmpty();
        assertThat(Kallsyms.find(Bytes.of("empty", new byte[0]), 0, 8, at(0))).isEmpty();
    }

    private static void assertFound(List<Symbol> symbols, KallsymsBuilder builder, int wordBytes) {
        Random random = new Random(7);
        byte[] before = new byte[BEFORE];
        random.nextBytes(before);
        long base = text(wordBytes) + 0x20_0000;
        byte[] tables = builder.build(symbols, base + BEFORE);
        byte[] after = new byte[600];
        random.nextBytes(after);
        byte[] image = new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .bytes(before)
                .bytes(tables)
                .bytes(after)
                .toArray();
        assertSame(find(image, wordBytes, base), symbols);
    }

    private static SymbolTable find(byte[] image, int wordBytes, long base) {
        return Kallsyms.find(Bytes.of("test", image), 0, wordBytes, at(base)).orElseThrow();
    }

    private static void assertSame(SymbolTable table, List<Symbol> expected) {
        assertThat(table.stream().map(KallsymsTest::sizeless)).containsExactlyElementsOf(expected);
    }

    private static Symbol sizeless(Symbol symbol) {
        return new Symbol(symbol.name(), symbol.address(), 0, symbol.type());
    }

    private static LinkMap at(long base) {
        return offset -> OptionalLong.of(base + offset);
    }

    private static long text(int wordBytes) {
        return wordBytes == 8 ? 0xffffffff81000000L : 0xc0008000L;
    }
}
