package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import org.junit.jupiter.api.Test;

final class NumbersTest {
    @Test
    void fillsBinaryDigitsUpToTheWidth() {
        assertThat(Numbers.format('t', BigInteger.TWO, 1)).isEqualTo("00000010");
        assertThat(Numbers.format('t', BigInteger.ONE, 2)).isEqualTo("0000000000000001");
    }

    @Test
    void takesTheLowByteForACharacter() {
        assertThat(Numbers.format('c', BigInteger.valueOf(0x756e694c), 4)).isEqualTo("76 'L'");
        assertThat(Numbers.format('c', BigInteger.valueOf(0xff), 1)).isEqualTo("-1 '\\377'");
    }

    @Test
    void writesRealsAsGdbDoes() {
        assertThat(Numbers.format('f', BigInteger.valueOf(0x3ff8000000000000L), 8))
                .isEqualTo("1.5");
        assertThat(Numbers.format('f', BigInteger.valueOf(0x756e694c), 4)).isEqualTo("3.02222248e+32");
    }
}
