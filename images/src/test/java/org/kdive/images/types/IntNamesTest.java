package org.kdive.images.types;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class IntNamesTest {
    @ParameterizedTest
    @CsvSource({
        "long unsigned int, unsigned long",
        "long long int, long long",
        "short unsigned int, unsigned short",
        "unsigned, unsigned int",
        "signed char, signed char",
        "unsigned char, unsigned char",
        "char, char",
        "int, int",
        "long, long",
        "__int128 unsigned, __int128 unsigned",
        "pid_t, pid_t"
    })
    void writesIntegersAsGdbDoes(String spelling, String canonical) {
        assertThat(IntNames.canonical(spelling)).isEqualTo(canonical);
    }
}
