package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kdive.session.SessionException;

final class ConsoleVerbsTest {
    @Test
    void readsAPatternWithAndWithoutSlashes() {
        assertThat(ConsoleVerbs.pattern("/a b/").pattern()).isEqualTo("a b");
        assertThat(ConsoleVerbs.pattern("a/b").pattern()).isEqualTo("a/b");
        assertThatThrownBy(() -> ConsoleVerbs.pattern("//")).isInstanceOf(SessionException.class);
        assertThatThrownBy(() -> ConsoleVerbs.pattern("(")).hasMessageContaining("console search: Unclosed group");
    }

    @Test
    void linesHaveNoControlsInThem() {
        byte[] output = "\u001b[31mred\u001b[0m\r\nb\bold\u0007\r\n\u0000\u00ff".getBytes(StandardCharsets.UTF_8);
        assertThat(ConsoleVerbs.textLines(output)).containsExactly("red", "bold", "ÿ");
        byte[] noise = new byte[1 << 16];
        new Random(1).nextBytes(noise);
        assertThat(ConsoleVerbs.textLines(noise))
                .allMatch(line -> line.chars().noneMatch(c -> Character.isISOControl(c) && c != '\t'));
    }
}
