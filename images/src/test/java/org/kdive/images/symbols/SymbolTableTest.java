package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class SymbolTableTest {
    private static final long TEXT = 0xffffffff81000000L;

    private final SymbolTable table = new SymbolTableBuilder(4)
            .add("percpu_a", 0x0, 0, 'A')
            .add("percpu_b", 0x2000, 0, 'A')
            .add("_text", TEXT, 0, 'T')
            .add("startup_64", TEXT, 0, 'T')
            .add("jhash", TEXT + 0x100, 0, 't')
            .add("__pfx_do_one", TEXT + 0x1f0, 0, 't')
            .add("do_one", TEXT + 0x200, 0, 'T')
            .add("jhash", TEXT + 0x300, 0, 't')
            .add("_etext", TEXT + 0x400, 0, 'T')
            .add("__start_rodata", TEXT + 0x200000, 0, 'D')
            .add("linux_banner", TEXT + 0x200000, 0, 'D')
            .add("_end", TEXT + 0x2200000, 0, 'B')
            .build("test");

    @Test
    void findsByName() {
        assertThat(table.find("do_one")).contains(new Symbol("do_one", TEXT + 0x200, 0x100, 'T'));
        assertThat(table.find("do_on")).isEmpty();
        assertThat(table.find("")).isEmpty();
        assertThat(table.find("do_one\u0100")).isEmpty();
    }

    @Test
    void keepsSymbolsOfOneNameInOrderOfAddress() {
        assertThat(table.findAll("jhash")).extracting(Symbol::address).containsExactly(TEXT + 0x100, TEXT + 0x300);
        assertThat(table.find("jhash")).map(Symbol::address).contains(TEXT + 0x100);
    }

    @Test
    void findsTheSymbolAroundAnAddress() {
        assertThat(table.at(TEXT + 0x2ff)).map(Symbol::name).contains("do_one");
        assertThat(table.at(TEXT + 0x300)).map(Symbol::name).contains("jhash");
        assertThat(table.at(TEXT - 1)).isEmpty();
    }

    @Test
    void neverBridgesAGap() {
        assertThat(table.at(TEXT + 0x400 + 0xffff)).map(Symbol::name).contains("_etext");
        assertThat(table.at(TEXT + 0x400 + 0x10000)).isEmpty();
        assertThat(table.at(TEXT + 0x200000 + (16 << 20))).isEmpty();
        assertThat(table.at(TEXT + 0x2200001)).isEmpty();
        assertThat(table.at(0x2001)).isEmpty();
        assertThat(table.at(-1)).isEmpty();
    }

    @Test
    void prefersTheNameThatReadersExpect() {
        assertThat(table.at(TEXT)).map(Symbol::name).contains("startup_64");
        assertThat(table.at(TEXT + 0x200008)).map(Symbol::name).contains("linux_banner");
    }

    @Test
    void givesCallPaddingToTheFunctionBehindIt() {
        assertThat(table.at(TEXT + 0x1f8)).contains(new Symbol("do_one", TEXT + 0x200, 0x100, 'T'));
        assertThat(table.withPrefix("", 99)).doesNotContain("__pfx_do_one");
        assertThat(table.withPrefix("__pfx_", 99)).containsExactly("__pfx_do_one");
    }

    @Test
    void completesSortedAndBounded() {
        assertThat(table.withPrefix("_", 2)).containsExactly("__start_rodata", "_end");
        assertThat(table.withPrefix("jh", 9)).containsExactly("jhash");
        assertThat(table.withPrefix("zz", 9)).isEmpty();
        assertThat(table.withPrefix("", 0)).isEmpty();
    }

    @Test
    void suggestsWhatWasMeant() {
        assertThat(table.closest("do_noe", 3)).containsExactly("do_one");
        assertThat(table.closest("linux_baner", 3)).containsExactly("linux_banner");
        assertThat(table.closest("completely_different", 3)).isEmpty();
    }

    @Test
    void searchesByPattern() {
        assertThat(table.matching(Pattern.compile("^percpu_"), 9)).hasSize(2);
        assertThat(table.matching(Pattern.compile("hash"), 1))
                .extracting(Symbol::name)
                .containsExactly("jhash");
    }

    @Test
    void sortsWhatComesUnsortedAndKeepsSizes() {
        SymbolTable sorted = new SymbolTableBuilder(0)
                .add("b", -16, 0, 'T')
                .add("a", 16, 4, 'D')
                .add("c", -32, 0, 'T')
                .build("test");
        assertThat(sorted.stream())
                .containsExactly(
                        new Symbol("a", 16, 4, 'D'), new Symbol("c", -32, 16, 'T'), new Symbol("b", -16, 0, 'T'));
        assertThat(sorted.at(20)).isEmpty();
    }

    @Test
    void anEmptyTableAnswersEverything() {
        SymbolTable empty = new SymbolTableBuilder(0).build("nothing");
        assertThat(empty.find("x")).isEmpty();
        assertThat(empty.at(0)).isEmpty();
        assertThat(empty.closest("x", 1)).isEmpty();
        assertThat(empty.size()).isZero();
    }

    @Test
    void manyEqualNamesCostNoMoreThanAsManyDifferentOnes() {
        SymbolTableBuilder builder = new SymbolTableBuilder(1 << 20);
        for (int i = 0; i < 1 << 20; i++) {
            builder.add("same", i, 0, 't');
        }
        List<Symbol> all = assertTimeout(
                Duration.ofSeconds(10), () -> builder.build("test").findAll("same"));
        assertThat(all).hasSize(1 << 20);
    }
}
