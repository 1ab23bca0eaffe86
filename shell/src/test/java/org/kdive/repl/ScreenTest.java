package org.kdive.repl;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is shown of a guest that writes faster than the terminal takes it. */
@Timeout(30)
final class ScreenTest {
    private static final byte[] PIECE = ("x".repeat(63) + "\n").repeat(1024).getBytes(StandardCharsets.US_ASCII);

    private final StringWriter terminal = new StringWriter();
    private final CountDownLatch reads = new CountDownLatch(1);

    @Test
    void aFloodOverASlowTerminalNeverBlocksAndSaysInPlaceWhatIsLeftOut() {
        try (Screen screen = over(new SlowWriter())) {
            flood(screen);
            reads.countDown();
            screen.drain();
            screen.guest("after\n".getBytes(StandardCharsets.US_ASCII));
            screen.drain();
        }
        String shown = terminal.toString();
        assertThat(shown.lines().filter(line -> line.startsWith("x")).count() * 64 + leftOut(shown))
                .isEqualTo(100L * PIECE.length);
        assertThat(leftOut(shown)).isGreaterThan(50L * PIECE.length);
        assertThat(shown).endsWith("left out here; FILE has them\nafter\n");
    }

    @Test
    void theGapIsSaidAboveTheEditedLineThoughNothingFollows() {
        List<String> above = new ArrayList<>(); // the screen's thread, then ours
        try (Screen screen = over(terminal)) {
            screen.editing(text -> {
                awaitReads();
                above.add(text);
            });
            screen.note("holds the screen");
            flood(screen);
            reads.countDown();
            screen.drain();
        }
        String shown = String.join("\n", above);
        assertThat(shown.lines().filter(line -> line.startsWith("x")).count() * 64 + leftOut(shown))
                .isEqualTo(100L * PIECE.length);
        assertThat(above.get(above.size() - 1)).startsWith("... ").endsWith("left out here; FILE has them");
    }

    private static void flood(Screen screen) {
        for (int i = 0; i < 100; i++) {
            screen.guest(PIECE);
        }
    }

    private static long leftOut(String shown) {
        return shown.lines()
                .filter(line -> line.startsWith("... "))
                .mapToLong(line -> Long.parseLong(line.split(" ")[1].replace(",", "")))
                .sum();
    }

    private Screen over(Writer guest) {
        PrintWriter answers = new PrintWriter(terminal);
        Screen screen = new Screen(answers, answers, new PrintWriter(guest), false);
        screen.whoHasAll(() -> "FILE has them");
        return screen;
    }

    private void awaitReads() {
        try {
            reads.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** A terminal that takes nothing until it is read. */
    private final class SlowWriter extends Writer {
        @Override
        public void write(char[] characters, int offset, int length) {
            awaitReads();
            terminal.write(characters, offset, length);
        }

        @Override
        public void flush() throws IOException {
            awaitReads();
        }

        @Override
        public void close() {}
    }
}
