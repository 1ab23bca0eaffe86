package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Names by the examples of RFC 2603 and by rustc's legacy scheme. */
final class RustNameTest {
    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    _RNvC6_123foo3bar                                     | 123foo::bar
                    _RNvNtCs1234_7mycrate3foo3bar                         | mycrate::foo::bar
                    _RNCNCNgCs6DXkGYLi8lr_2cc5spawn00B5_                  | cc::spawn::{closure#0}::{closure#0}
                    _RNvMC0INtC8arrayvec8ArrayVechKj7b_E3new              | <arrayvec::ArrayVec<u8, 123>>::new
                    _RNvXC0NtC7mycrate3FooNtB4_5Clone5clone               | <mycrate::Foo as mycrate::Foo::Clone>::clone
                    _RNvYNtC7mycrate3FooNtNtC4core5clone5Clone5clone      | <mycrate::Foo as core::clone::Clone>::clone
                    _RINvNtC3std3mem8align_ofjE                           | std::mem::align_of<usize>
                    _RINvC3foo3barRTmsEAlj3_E                             | foo::bar<&(u32, i16), [i32; 3]>
                    _RNCNvC3foo3bar0                                      | foo::bar::{closure#0}
                    _RNCNvC3foo3bars_0                                    | foo::bar::{closure#1}
                    _ZN4core3fmt5Write9write_fmt17h0123456789abcdefE      | core::fmt::Write::write_fmt
                    _ZN32_$LT$Foo$u20$as$u20$Bar..Baz$GT$3run17h0123456789abcdefE | <Foo as Bar::Baz>::run
                    """)
    void readsAName(String mangled, String readable) {
        assertThat(RustName.demangle(mangled).orElse("-")).isEqualTo(readable);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "vfs_read", "_R", "_ZN", "_ZN3fooE", "_ZN3foo3barE", "_RNvB_3foo", "_Rfoo", "_R0NvC3foo3bar"
            })
    void leavesEveryOtherNameAsItIs(String name) {
        assertThat(RustName.readable(name)).isEqualTo(name);
    }

    @Test
    void staysBoundedOnHostileNames() {
        Random random = new Random(0x72757374);
        String letters = "RNCIMXYBETASPQKLvtzns_0123456789abhj";
        for (int round = 0; round < 20_000; round++) {
            StringBuilder name = new StringBuilder(round % 3 == 0 ? "_ZN" : "_R");
            int length = random.nextInt(120);
            for (int i = 0; i < length; i++) {
                name.append(letters.charAt(random.nextInt(letters.length())));
            }
            assertThat(RustName.readable(name.toString())).hasSizeLessThan(20_000);
        }
    }

    @Test
    void aNameThatDoublesWithEachReferenceIsLeftAlone() {
        StringBuilder name = new StringBuilder("_RINvC3foo3barTmmE");
        for (int i = 0; i < 40; i++) {
            name.append("TB8_B8_E");
        }
        assertThat(RustName.readable(name + "E").length()).isLessThan(20_000);
    }
}
