package org.kdive.machine;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Three bytes, four that are not kept, three. */
final class ConsolePastTest {
    private final ConsolePast past = new ConsolePast("abc".getBytes(US_ASCII), 4, "xyz".getBytes(US_ASCII));

    @Test
    void whatCameSinceIsCutWhereverThatBegins() {
        assertThat(told(0)).isEqualTo("abc 4 xyz");
        assertThat(told(2)).isEqualTo("c 4 xyz");
        assertThat(told(5)).isEqualTo(" 2 xyz");
        assertThat(told(8)).isEqualTo(" 0 yz");
        assertThat(told(99)).isEqualTo(" 0 ");
    }

    private String told(long position) {
        ConsolePast since = past.since(position);
        return "%s %d %s"
                .formatted(
                        new String(since.first(), US_ASCII), since.leftOutBytes(), new String(since.last(), US_ASCII));
    }
}
