package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.qmp.QmpSchema;
import org.kdive.qmp.QmpValue;
import org.kdive.session.SessionException;

final class QmpLineTest {
    private static final QmpSchema SCHEMA = QmpSchema.read(QmpValue.parse("""
            [{"name":"query-status","meta-type":"command","arg-type":"0"},
             {"name":"0","members":[],"meta-type":"object"},
             {"name":"dump","meta-type":"command","arg-type":"1"},
             {"name":"1","meta-type":"object","members":[{"name":"file","type":"str"},
               {"name":"format","type":"2","default":null},{"name":"range","type":"3","default":null}]},
             {"name":"2","meta-type":"enum","values":["elf","zlib"]},
             {"name":"3","meta-type":"object","members":[{"name":"from","type":"int"}]},
             {"name":"str","meta-type":"builtin","json-type":"string"},
             {"name":"int","meta-type":"builtin","json-type":"int"}]"""));

    @Test
    void readsPairsJsonAndWholeMessages() {
        String json = "{\"file\":\"a b\",\"range\":{\"from\":1}}";
        assertThat(QmpLine.parse(SCHEMA, "dump file='a b' range.from=0x1").arguments())
                .isEqualTo(QmpValue.parse(json));
        assertThat(QmpLine.parse(SCHEMA, "dump " + json).arguments()).isEqualTo(QmpValue.parse(json));
        assertThat(QmpLine.parse(SCHEMA, "dump file=\"a b\" range={\"from\": 1}")
                        .arguments())
                .isEqualTo(QmpValue.parse(json));
        QmpLine whole = QmpLine.parse(SCHEMA, "{\"execute\":\"dump\",\"arguments\":" + json + "}");
        assertThat(whole.command()).isEqualTo("dump");
        assertThat(whole.arguments()).isEqualTo(QmpValue.parse(json));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '~',
            value = {
                "query-stat            | qmp: this QEMU has no command query-stat; did you mean query-status?",
                "xyzzy                 | qmp: this QEMU has no command xyzzy; Tab lists them",
                "dump                  | qmp dump: file is missing: text",
                "dump fle=x            | qmp dump: no argument fle; did you mean file?",
                "query-status a=b      | qmp query-status: no argument a; there are none",
                "dump file=x nonsense  | qmp dump: `nonsense` is no KEY=VALUE",
                "dump file=x format=ef | qmp dump: format=ef: it is one of elf, zlib; did you mean elf?",
                "dump file=x range.from=y | qmp dump: range.from=y: it is a whole number",
                "dump file=x range=5   | qmp dump: range=5: it is an object: NAME.MEMBER=VALUE, or JSON",
                "{\"arguments\":{}}    | qmp: a message has `execute` and, if need be, `arguments`",
            })
    void saysWhatIsWrongInOneLine(String line, String message) {
        assertThatThrownBy(() -> QmpLine.parse(SCHEMA, line))
                .isInstanceOf(SessionException.class)
                .hasMessage(message.replace('`', '"'));
    }
}
