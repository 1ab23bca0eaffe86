package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteOrder;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.symbols.KallsymsBuilder.Generation;

/** Damaged tables: the symbols that are found are sound, or none are. */
final class KallsymsFuzz {
    private static final long BASE = 0xffffffff81000000L;
    private static final long SEED = 0x6b616c6c73796dL;
    private static final int TABLES = 400;

    @ParameterizedTest
    @EnumSource(Generation.class)
    void survivesDamage(Generation generation) {
        byte[] whole = new KallsymsBuilder(generation, 8, ByteOrder.LITTLE_ENDIAN)
                .build(KallsymsBuilder.symbols(1000, BASE, generation.perCpu() ? 10 : 0), BASE);
        Random random = new Random(SEED);
        for (int i = 0; i < TABLES; i++) {
            byte[] damaged = whole.clone();
            int flips = 1 + random.nextInt(4);
            for (int f = 0; f < flips; f++) {
                damaged[random.nextInt(damaged.length)] = (byte) random.nextInt();
            }
            int length = i % 3 == 0 ? random.nextInt(damaged.length) : damaged.length;
            read(Bytes.of("damaged", damaged).slice(0, length));
        }
    }

    private static void read(Bytes image) {
        try {
            Optional<SymbolTable> table = Kallsyms.find(image, 0, 8, offset -> OptionalLong.of(BASE + offset));
            table.ifPresent(t -> {
                assertThat(t.stream().count()).isEqualTo(t.size());
                t.stream()
                        .limit(50)
                        .forEach(s -> assertThat(t.findAll(s.name())).contains(s));
                t.stream().limit(50).forEach(s -> t.at(s.address() + 1));
            });
        } catch (ImageException expected) {
            assertThat(expected).hasMessageContaining("damaged");
        }
    }
}
