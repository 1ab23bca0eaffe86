package org.kdive.repl;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.stream.IntStream;
import org.jline.reader.Parser;
import org.junit.jupiter.api.Test;

final class RawParserTest {
    @Test
    void cutsAtWhiteSpaceAlone() {
        assertThat(cut("x/4i 'a b\\ > 3", 14).words()).containsExactly("x/4i", "'a", "b\\", ">", "3");
    }

    @Test
    void theWordAfterASpaceIsEmpty() {
        RawParser.Cut cut = cut("info ", 5);
        assertThat(cut.words()).containsExactly("info", "");
        assertThat(cut.wordIndex()).isEqualTo(1);
        assertThat(cut.wordCursor()).isZero();
    }

    @Test
    void everyCursorStandsInAWord() {
        String line = " a  bc d ";
        for (int cursor = 0; cursor <= line.length(); cursor++) {
            RawParser.Cut cut = cut(line, cursor);
            assertThat(cut.wordIndex()).isBetween(0, cut.words().size() - 1);
            assertThat(cut.wordCursor()).isBetween(0, cut.word().length());
        }
    }

    @Test
    void ofVeryManyCandidatesFirstAndLastStay() {
        List<String> many =
                IntStream.range(0, 5000).mapToObj("sym%05d"::formatted).toList();
        List<String> fewer = Completions.fewer(many);
        assertThat(fewer).hasSizeLessThan(1000).startsWith("sym00000").endsWith("sym04999");
    }

    private static RawParser.Cut cut(String line, int cursor) {
        return new RawParser().parse(line, cursor, Parser.ParseContext.COMPLETE);
    }
}
