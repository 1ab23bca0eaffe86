package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class KernelFormatTest {
    @ParameterizedTest
    @CsvSource({"%08x, 3, 00000", "%#010lx, 5, 00000", "%8x, 3, ''", "%x, 3, ''", "%02x, 3, ''", "%-#08x, 4, 0000"})
    void padsNumbersWithZerosAsTheKernelDoes(String directive, int length, String zeros) {
        assertThat(KernelFormat.zeros(directive, length)).isEqualTo(zeros);
    }
}
