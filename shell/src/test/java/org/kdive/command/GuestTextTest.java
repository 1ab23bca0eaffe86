package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class GuestTextTest {
    @Test
    void keepsTextColoursAndLineEnds() {
        assertThat(shown("a\tü\u001b[1;32mgreen\u001b[0m\r\n")).isEqualTo("a\tü\u001b[1;32mgreen\u001b[0m\n");
    }

    @Test
    void dropsWhatMovesTheCursorOrAsksTheTerminal() {
        assertThat(shown("\u001b[6n\u001b[2J\u001b[10;10Hx\u001b]0;title\u0007y\u001bPq\u001b\\z\u0007\u000e"))
                .isEqualTo("xyz");
    }

    @Test
    void isTheSameWhereverItIsCut() {
        byte[] bytes = "é\u001b[31mr\u001b]0;t\u0007\u001b[6n→\n".getBytes(StandardCharsets.UTF_8);
        String whole = shown(bytes, bytes.length);
        for (int cut = 0; cut <= bytes.length; cut++) {
            assertThat(shown(bytes, cut)).isEqualTo(whole);
        }
    }

    @Test
    void survivesNoiseAndSequencesWithoutEnd() {
        byte[] noise = new byte[100_000];
        new Random(7).nextBytes(noise);
        GuestText text = new GuestText();
        text.accept(noise);
        text.accept(("\u001b]" + "x".repeat(1000) + "\n").getBytes(StandardCharsets.UTF_8));
        assertThat(text.accept("plain\n".getBytes(StandardCharsets.UTF_8))).endsWith("plain\n");
    }

    private static String shown(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return shown(bytes, bytes.length);
    }

    private static String shown(byte[] bytes, int cut) {
        GuestText text = new GuestText();
        return text.accept(Arrays.copyOf(bytes, cut)) + text.accept(Arrays.copyOfRange(bytes, cut, bytes.length));
    }
}
