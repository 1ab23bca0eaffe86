package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class ConsoleFaceTest {
    private static final LocalTime NOON = LocalTime.of(12, 0, 0, 500_000_000);

    private final ConsoleFace face = new ConsoleFace(() -> NOON);

    private String shown(String... pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        for (String piece : pieces) {
            all.writeBytes(face.shown(piece.getBytes(StandardCharsets.UTF_8)));
        }
        return all.toString(StandardCharsets.UTF_8);
    }

    @Test
    void leavesEverythingAloneAtFirst() {
        assertThat(shown("a\u001b[31mb\r\n", "c")).isEqualTo("a\u001b[31mb\r\nc");
    }

    @Test
    void putsTheTimeBeforeEachLineOnce() {
        face.stamp(true);
        assertThat(shown("one\r\ntw", "o\r\n\r\nthree"))
                .isEqualTo("[12:00:00.500] one\r\n[12:00:00.500] two\r\n\r\n[12:00:00.500] three");
    }

    @Test
    void beginsWithTheNextLineWhenSwitchedOnInTheMiddleOfOne() {
        assertThat(shown("login: ")).isEqualTo("login: ");
        face.stamp(true);
        assertThat(shown("root\nok")).isEqualTo("root\n[12:00:00.500] ok");
    }

    @Test
    void takesEscapeSequencesOutWhereverTheyAreCut() {
        String text = "a\u001b[1;31mred\u001b[0m \u001b]0;title\u0007b\u001bMc\n";
        for (int cut = 0; cut <= text.length(); cut++) {
            ConsoleFace fresh = new ConsoleFace(() -> NOON);
            fresh.plain(true);
            ByteArrayOutputStream all = new ByteArrayOutputStream();
            all.writeBytes(fresh.shown(text.substring(0, cut).getBytes(StandardCharsets.UTF_8)));
            all.writeBytes(fresh.shown(text.substring(cut).getBytes(StandardCharsets.UTF_8)));
            assertThat(all.toString(StandardCharsets.UTF_8)).isEqualTo("ared bc\n");
        }
    }

    @Test
    void aSequenceWithoutEndIsForgotten() {
        face.plain(true);
        assertThat(shown("\u001b[" + "1".repeat(10_000), "text\n")).endsWith("text\n");
        assertThat(shown("\u001b]never ended\nnext\n")).endsWith("next\n");
    }

    @Test
    void survivesNoise() {
        face.plain(true);
        face.stamp(true);
        byte[] noise = new byte[1 << 16];
        new Random(7).nextBytes(noise);
        face.shown(noise);
        assertThat(new String(face.shown("\n\nafter\n".getBytes(StandardCharsets.UTF_8)), StandardCharsets.UTF_8))
                .endsWith("[12:00:00.500] after\n");
        assertThat(Arrays.equals(face.shown(new byte[0]), new byte[0])).isTrue();
    }
}
