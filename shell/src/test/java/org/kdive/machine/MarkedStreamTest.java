package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class MarkedStreamTest {
    private static final String MARK = "<<mark>>";

    private static String passed(String... pieces) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        MarkedStream stream = new MarkedStream(bytes(MARK), piece -> {
            while (piece.hasRemaining()) {
                out.write(piece.get());
            }
        });
        for (String piece : pieces) {
            stream.accept(bytes(piece), piece.length());
        }
        return out.toString(StandardCharsets.US_ASCII);
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    @Test
    void dropsWhatIsBetweenTwoMarks() throws IOException {
        assertThat(passed("a" + MARK + "b" + MARK + "c")).isEqualTo("ac");
    }

    @Test
    void findsAMarkWhereverItIsCut() throws IOException {
        String all = "begin <" + MARK + "hidden <<ma" + MARK + "end";
        for (int cut = 0; cut <= all.length(); cut++) {
            assertThat(passed(all.substring(0, cut), all.substring(cut))).isEqualTo("begin <end");
        }
        assertThat(passed(all.split(""))).isEqualTo("begin <end");
    }
}
