package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class QmpValueTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{}",
                "[]",
                "null",
                "true",
                "\"\"",
                "\"\\u0000 \\\" \\\\ \u00e4 \ud83d\udc27\"",
                "18446744073709551615",
                "-9223372036854775808",
                "0.25",
                "{\"b\":1,\"a\":[null,{\"c\":\"d\"}]}",
            })
    void survivesTheRoundTrip(String json) {
        assertThat(QmpValue.parse(json).toJson()).isEqualTo(json);
        assertThat(QmpValue.parse(QmpValue.parse(json).toPrettyJson())).isEqualTo(QmpValue.parse(json));
    }

    @Test
    void readsUnsignedNumbersAsTheirBits() {
        assertThat(QmpValue.parse("18446744071578845184").number()).isEqualTo(0xffffffff81000000L);
        assertThat(QmpValue.parse("1E+3").number()).isEqualTo(1000);
        assertThat(QmpValue.parse("0E+999999999").number()).isZero();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"18446744073709551616", "-9223372036854775809", "0.5", "1E+999999999", "1E-999999999", "\"1\""})
    void refusesWhatIsNoIntegerOf64Bits(String json) {
        assertThatThrownBy(() -> QmpValue.parse(json).number()).hasMessage("expected a 64-bit integer, got " + json);
    }

    @Test
    void asksForMembers() {
        QmpValue value = QmpValue.parse("{\"s\":\"x\",\"n\":7,\"f\":true,\"l\":[1],\"z\":null}");
        assertThat(value.text("s")).isEqualTo("x");
        assertThat(value.number("n")).isEqualTo(7);
        assertThat(value.flag("f")).isTrue();
        assertThat(value.list("l")).containsExactly(QmpValue.of(1));
        assertThat(value.find("z")).isEmpty();
        assertThat(value.find("absent")).isEmpty();
        assertThatThrownBy(() -> value.text("absent"))
                .isInstanceOf(QmpException.class)
                .hasMessageStartingWith("expected an object with 'absent', got {\"s\"");
        assertThatThrownBy(() -> value.flag("s")).hasMessage("expected a boolean, got \"x\"");
    }

    @Test
    void isMadeOfJavaValuesInTheirOrder() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("z", 1);
        map.put("a", Arrays.asList("x", null, true, 2.5, -1L));
        map.put("v", QmpValue.of("y"));
        assertThat(QmpValue.of(map).toJson()).isEqualTo("{\"z\":1,\"a\":[\"x\",null,true,2.5,-1],\"v\":\"y\"}");
        assertThatThrownBy(() -> QmpValue.of(new Object())).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void cannotBeChanged() {
        Map<String, QmpValue> members = QmpValue.parse("{\"a\":1}").map();
        assertThatThrownBy(members::clear).isInstanceOf(UnsupportedOperationException.class);
        assertThatThrownBy(List.copyOf(QmpValue.parse("[1]").list())::clear)
                .isInstanceOf(UnsupportedOperationException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "{", "{\"a\"}", "{\"a\":1} 2", "nul", "[1,]", "\"\n\"", "NaN"})
    void refusesWhatIsNoJson(String text) {
        assertThatThrownBy(() -> QmpValue.parse(text))
                .isInstanceOfSatisfying(
                        QmpException.class, e -> assertThat(e.failure()).isInstanceOf(QmpFailure.Mismatch.class));
    }

    @Test
    void nestingIsBoundedAndWhatIsReadCanBeWritten() {
        String deep = "[".repeat(1000) + "]".repeat(1000);
        assertThat(QmpValue.parse(deep).toJson()).isEqualTo(deep);
        assertThatThrownBy(() -> QmpValue.parse("[".repeat(100_000))).isInstanceOf(QmpException.class);
    }
}
