package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

final class ConsoleWordsTest {
    @Test
    void saysWhereTheFirstProcessWillSpeakWhenItIsElsewhere() {
        assertThat(ConsoleWords.remark(List.of("quiet console=tty0", "ro"), "ttyS0"))
                .hasValueSatisfying(words -> assertThat(words)
                        .startsWith("console=tty0 is the last console")
                        .contains("append console=ttyS0 behind it"));
        assertThat(ConsoleWords.remark(List.of("console=ttyS0"), "ttyAMA0")).isPresent();
    }

    @Test
    void saysNothingWhereItIsTheLineThatIsShown() {
        assertThat(ConsoleWords.remark(List.of(), "ttyS0")).isEmpty();
        assertThat(ConsoleWords.remark(List.of("console=tty0", "console=ttyS0,115200n8"), "ttyS0"))
                .isEmpty();
        assertThat(ConsoleWords.remark(List.of("netconsole=tty0"), "ttyS0")).isEmpty();
    }
}
