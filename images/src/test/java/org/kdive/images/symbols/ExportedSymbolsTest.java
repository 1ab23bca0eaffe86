package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.images.bytes.Bytes;

/** Tables as each generation of kernels and each word size lay them out. */
final class ExportedSymbolsTest {
    private static final int COUNT = ExportsBuilder.COUNT;

    private static LinkMap at(long base) {
        return offset -> OptionalLong.of(base + offset);
    }

    @ParameterizedTest
    @CsvSource({"8, true, 3", "8, true, 2", "8, false, 3", "4, false, 3", "4, false, 2", "4, true, 3"})
    void findsEveryLayout(int wordBytes, boolean relative, int fields) {
        long base = wordBytes == 8 ? 0xffff800008000000L : 0xc0008000L;
        for (ByteOrder order : new ByteOrder[] {ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN}) {
            Bytes image = Bytes.of("image", ExportsBuilder.image(order, wordBytes, relative, fields, base))
                    .withOrder(order);
            Map<String, Long> found = ExportedSymbols.find(image, wordBytes, at(base));
            assertThat(found).hasSize(COUNT);
            for (int i = 0; i < COUNT; i++) {
                assertThat(found).containsEntry(ExportsBuilder.name(i), ExportsBuilder.address(base, i));
            }
        }
    }

    @Test
    void addsOnlyWhatTheTableLacks() {
        long base = 0xffff800008000000L;
        Bytes image = Bytes.of("image", ExportsBuilder.image(ByteOrder.LITTLE_ENDIAN, 8, true, 3, base));
        SymbolTable table = new SymbolTableBuilder(1)
                .add(ExportsBuilder.name(3), base + 0x40, 0, 'T')
                .build("kallsyms");
        SymbolTable whole = ExportedSymbols.complete(table, image, 8, at(base));

        assertThat(whole.size()).isEqualTo(COUNT);
        assertThat(whole.find(ExportsBuilder.name(3)).orElseThrow().address()).isEqualTo(base + 0x40);
        assertThat(whole.find("init_task").orElseThrow().type()).isEqualTo('D');
    }

    @Test
    void aTableWithDataStaysAsItIs() {
        Bytes image = Bytes.of("image", ExportsBuilder.image(ByteOrder.LITTLE_ENDIAN, 8, true, 3, 0));
        SymbolTable table =
                new SymbolTableBuilder(1).add("init_task", 64, 0, 'D').build("kallsyms");
        assertThat(ExportedSymbols.complete(table, image, 8, at(0))).isSameAs(table);
    }

    @Test
    void damagedTablesAreHarmless() {
        Random random = new Random(0x6b73796d);
        byte[] whole = ExportsBuilder.image(ByteOrder.LITTLE_ENDIAN, 8, true, 3, 0xffff800008000000L);
        for (int round = 0; round < 2000; round++) {
            byte[] damaged = whole.clone();
            for (int i = 0; i < 1 + round % 8; i++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            byte[] cut = java.util.Arrays.copyOf(damaged, 1 + random.nextInt(damaged.length));
            Map<String, Long> found =
                    ExportedSymbols.find(Bytes.of("image", round % 2 == 0 ? cut : damaged), 8, at(0xffff800008000000L));
            assertThat(found.keySet())
                    .allSatisfy(name -> assertThat(name.getBytes(StandardCharsets.ISO_8859_1))
                            .isNotEmpty());
        }
    }
}
