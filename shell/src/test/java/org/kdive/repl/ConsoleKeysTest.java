package org.kdive.repl;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ConsoleKeysTest {
    private final ConsoleKeys keys = new ConsoleKeys();

    @Test
    void everyKeyIsTheGuestsEvenControlC() {
        type("ls\r\u0003é");
        assertThat(keys.take()).isEqualTo("ls\r\u0003é".getBytes(StandardCharsets.UTF_8));
        assertThat(keys.take()).isEmpty();
    }

    @Test
    void controlABeginsAWordToUs() {
        assertThat(type("a\u0001c")).isEqualTo(ConsoleKeys.Action.LEAVE);
        assertThat(type("\u0001x")).isEqualTo(ConsoleKeys.Action.QUIT);
        assertThat(type("\u0001b")).isEqualTo(ConsoleKeys.Action.BREAK);
        assertThat(type("\u0001t")).isEqualTo(ConsoleKeys.Action.TIMESTAMPS);
        assertThat(type("\u0001s")).isEqualTo(ConsoleKeys.Action.SAVE);
        assertThat(type("\u0001h")).isEqualTo(ConsoleKeys.Action.HELP);
        assertThat(type("\u0001q")).isEqualTo(ConsoleKeys.Action.NOTHING);
        assertThat(keys.take()).isEqualTo(new byte[] {'a'});
    }

    @Test
    void controlATwiceIsOneForTheGuest() {
        type("\u0001\u0001c");
        assertThat(keys.take()).isEqualTo(new byte[] {1, 'c'});
    }

    private ConsoleKeys.Action type(String text) {
        ConsoleKeys.Action last = ConsoleKeys.Action.NOTHING;
        for (int i = 0; i < text.length(); i++) {
            last = keys.accept(text.charAt(i));
        }
        return last;
    }
}
