package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What instructions do that kdive does for the processor, and that it keeps its hands off all others. */
final class PlainX86Test {
    private static final long PC = 0xffffffff81000000L;

    private static Optional<Map<String, Long>> effect(String hex) {
        return PlainX86.effect(HexFormat.of().parseHex(hex), name -> switch (name) {
            case "rip" -> PC;
            case "eflags" -> 0x8d7L;
            case "rdi" -> 0xdd000000dd0000ddL;
            default -> 0x5500000055000055L;
        });
    }

    @ParameterizedTest
    @CsvSource({
        "90, 1",
        "6690, 2",
        "0f1f00, 3",
        "0f1f4000, 4",
        "0f1f440000, 5",
        "660f1f440000, 6",
        "0f1f8000000000, 7",
        "0f1f840000000000, 8",
        "660f1f840000000000, 9",
        "662e0f1f840000000000, 10",
        "f30f1efa, 4"
    })
    void aNopMovesNothingButThePc(String hex, int length) {
        assertThat(effect(hex + "cc".repeat(8))).contains(Map.of("rip", PC + length));
    }

    @Test
    void jumpsGoForwardAndBack() {
        assertThat(effect("eb08")).contains(Map.of("rip", PC + 10));
        assertThat(effect("ebfe")).contains(Map.of("rip", PC));
        assertThat(effect("e9fbffffff")).contains(Map.of("rip", PC));
    }

    @Test
    void a32BitMoveClearsTheUpperHalf() {
        assertThat(effect("4889f8")).contains(Map.of("rax", 0xdd000000dd0000ddL, "rip", PC + 3));
        assertThat(effect("89f8")).contains(Map.of("rax", 0xdd0000ddL, "rip", PC + 2));
        assertThat(effect("4989f9")).contains(Map.of("r9", 0xdd000000dd0000ddL, "rip", PC + 3));
        assertThat(effect("488bc7")).contains(Map.of("rax", 0xdd000000dd0000ddL, "rip", PC + 3));
        assertThat(effect("b8ffffffff")).contains(Map.of("rax", 0xffffffffL, "rip", PC + 5));
    }

    @Test
    void xorWithItselfSetsTheFlagsOfZero() {
        assertThat(effect("31c0")).contains(Map.of("rax", 0L, "eflags", 0x46L, "rip", PC + 2));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "e800000000",
                "55",
                "50",
                "c3",
                "cc",
                "f4",
                "fa",
                "fb",
                "f390",
                "31c8",
                "488b07",
                "4889",
                "66ebfe",
                "48b8ffffffffffffffff",
                "0f1e",
                "0f1f",
                "f30f1e",
                "6631c0",
                "0f0b",
                "f3488bc7",
                "4090",
                "40ebfe"
            })
    void whatTouchesMoreOrIsCutOffIsLeftToTheProcessor(String hex) {
        assertThat(effect(hex)).isEmpty();
    }

    @Test
    void garbageNeverThrows() {
        Random random = new Random(1);
        for (int i = 0; i < 200_000; i++) {
            byte[] code = new byte[random.nextInt(PlainX86.MOST_BYTES + 1)];
            random.nextBytes(code);
            Optional<Map<String, Long>> effect = PlainX86.effect(code, name -> 0);
            effect.ifPresent(found -> assertThat(found).containsKey("rip"));
        }
    }
}
