package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.kdive.session.Session;

/** docs/commands.md is what the commands say of themselves. Written anew with -Dkdive.docs=write. */
final class ManualPageTest {
    private static final Path PAGE = Path.of("..", "docs", "commands.md");

    @Test
    void thePageIsWhatTheCommandsSay() throws IOException {
        try (Session session = Session.open()) {
            Interpreter interpreter = new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);
            String rendered = Manual.markdown(interpreter.table());
            if ("write".equals(System.getProperty("kdive.docs"))) {
                Files.createDirectories(PAGE.getParent());
                Files.writeString(PAGE, rendered);
            }
            assertThat(PAGE)
                    .as("stale: run this test with -Dkdive.docs=write")
                    .content()
                    .isEqualTo(rendered);
        }
    }
}
