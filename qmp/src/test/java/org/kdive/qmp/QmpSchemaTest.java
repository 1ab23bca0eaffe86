package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A few entries of QEMU 7.2's schema, as they come. */
final class QmpSchemaTest {
    private static final QmpSchema SCHEMA = QmpSchema.read(QmpValue.parse("""
            [{"name":"dump-guest-memory","ret-type":"0","meta-type":"command","arg-type":"95"},
             {"name":"0","members":[],"meta-type":"object"},
             {"name":"95","members":[{"name":"paging","type":"bool"},{"name":"protocol","type":"str"},
               {"name":"begin","default":null,"type":"int"},{"name":"format","default":null,"type":"345"}],
               "meta-type":"object"},
             {"name":"345","meta-type":"enum","values":["elf","kdump-zlib"],"members":[{"name":"elf"}]},
             {"name":"blockdev-add","ret-type":"0","meta-type":"command","arg-type":"49"},
             {"name":"49","tag":"driver","variants":[{"case":"raw","type":"320"},{"case":"file","type":"301"}],
               "members":[{"name":"driver","type":"291"},{"name":"node-name","default":null,"type":"str"}],
               "meta-type":"object"},
             {"name":"291","meta-type":"enum","values":["file","raw"]},
             {"name":"320","meta-type":"object","members":[{"name":"file","type":"330"}]},
             {"name":"301","meta-type":"object","members":[{"name":"filename","type":"str"}]},
             {"name":"330","meta-type":"alternate","members":[{"type":"49"},{"type":"str"}]},
             {"name":"snapshot-save","ret-type":"0","meta-type":"command","arg-type":"70"},
             {"name":"70","meta-type":"object","members":[{"name":"devices","type":"[str]"}]},
             {"name":"[str]","meta-type":"array","element-type":"str"},
             {"name":"device_add","ret-type":"0","meta-type":"command","arg-type":"186"},
             {"name":"186","members":[{"name":"driver","type":"str"},{"name":"id","default":null,"type":"str"}],
               "meta-type":"object"},
             {"name":"drive-backup","ret-type":"0","meta-type":"command","arg-type":"0","features":["deprecated"]},
             {"name":"RESET","meta-type":"event","arg-type":"0"},
             {"name":"str","json-type":"string","meta-type":"builtin"},
             {"name":"bool","json-type":"boolean","meta-type":"builtin"},
             {"name":"int","json-type":"int","meta-type":"builtin"}]"""));

    private static QmpValue typed(String command, Map<String, String> pairs) {
        return new QmpTyped(SCHEMA, SCHEMA.findCommand(command).orElseThrow()).arguments(pairs);
    }

    private static List<String> candidates(String command, Map<String, String> pairs, String word) {
        return new QmpTyped(SCHEMA, SCHEMA.findCommand(command).orElseThrow()).candidates(pairs, word);
    }

    private static Optional<QmpMistake> check(String command, String json) {
        return SCHEMA.check(command, QmpValue.parse(json));
    }

    @Test
    void knowsCommandsAndEvents() {
        assertThat(SCHEMA.commandNames())
                .containsExactly("blockdev-add", "device_add", "drive-backup", "dump-guest-memory", "snapshot-save");
        assertThat(SCHEMA.eventNames()).containsExactly("RESET");
        assertThat(SCHEMA.findCommand("drive-backup").orElseThrow().deprecated())
                .isTrue();
    }

    @Test
    void findsWhatIsWrongBeforeItIsSent() {
        assertThat(check("query-stauts", "{}")).contains(new QmpMistake.NoCommand("query-stauts"));
        assertThat(check("dump-guest-memory", "{\"paging\":false}").orElseThrow())
                .isEqualTo(new QmpMistake.Missing("protocol", QmpType.Scalar.STRING));
        assertThat(check("dump-guest-memory", "{\"paging\":false,\"fomat\":\"elf\"}")
                        .orElseThrow())
                .isEqualTo(new QmpMistake.Unknown("fomat", List.of("paging", "protocol", "begin", "format")));
        assertThat(check("dump-guest-memory", "{\"format\":\"elv\"}").orElseThrow())
                .isInstanceOf(QmpMistake.Wrong.class);
        assertThat(check("dump-guest-memory", "{\"begin\":1.5}").orElseThrow()).isInstanceOf(QmpMistake.Wrong.class);
        assertThat(check(
                        "dump-guest-memory",
                        "{\"paging\":true,\"protocol\":\"file:x\",\"format\":\"elf\",\"begin\":0}"))
                .isEmpty();
        assertThat(check("snapshot-save", "{\"devices\":[\"a\",5]}").orElseThrow())
                .isEqualTo(new QmpMistake.Wrong("devices.1", QmpType.Scalar.STRING, QmpValue.of(5)));
    }

    @Test
    void followsVariantsAndAlternatives() {
        assertThat(check("blockdev-add", "{\"driver\":\"raw\",\"file\":\"n0\"}"))
                .isEmpty();
        assertThat(check("blockdev-add", "{\"driver\":\"file\",\"file\":\"n0\"}")
                        .orElseThrow())
                .isEqualTo(new QmpMistake.Unknown("file", List.of("driver", "node-name", "filename")));
        assertThat(check("blockdev-add", "{\"driver\":\"raw\",\"file\":{\"driver\":\"file\"}}")
                        .orElseThrow())
                .isEqualTo(new QmpMistake.Missing("file.filename", QmpType.Scalar.STRING));
    }

    @Test
    void aDevicesOwnPropertiesAreNotJudged() {
        assertThat(check("device_add", "{\"driver\":\"e1000\",\"mac\":5}")).isEmpty();
        assertThat(check("device_add", "{\"driver\":5}")).isPresent();
        assertThat(typed("device_add", Map.of("driver", "x", "a.b", "5")).toJson())
                .contains("\"a.b\":5");
    }

    @Test
    void givesTypedTextTheTypeThatIsWanted() {
        assertThat(typed("dump-guest-memory", Map.of("paging", "off")).toJson()).isEqualTo("{\"paging\":false}");
        assertThat(typed("dump-guest-memory", Map.of("protocol", "5")).toJson()).isEqualTo("{\"protocol\":\"5\"}");
        assertThat(typed("dump-guest-memory", Map.of("begin", "0xffffffff81000000"))
                        .number("begin"))
                .isEqualTo(0xffffffff81000000L);
        assertThat(typed("dump-guest-memory", Map.of("begin", "0xffffffff81000000"))
                        .toJson())
                .isEqualTo("{\"begin\":-2130706432}");
        assertThat(typed("dump-guest-memory", Map.of("begin", "soon")).toJson()).isEqualTo("{\"begin\":\"soon\"}");
        assertThat(typed("snapshot-save", Map.of("devices", "a,b")).toJson()).isEqualTo("{\"devices\":[\"a\",\"b\"]}");
        assertThat(typed("blockdev-add", Map.of("driver", "raw", "file.driver", "file"))
                        .require("file")
                        .toJson())
                .isEqualTo("{\"driver\":\"file\"}");
        assertThat(typed("blockdev-add", Map.of("driver", "raw", "file", "n0")).text("file"))
                .isEqualTo("n0");
    }

    @Test
    void completesNamesPathsAndValues() {
        assertThat(candidates("dump-guest-memory", Map.of("paging", "on"), ""))
                .containsExactly("protocol=", "begin=", "format=");
        assertThat(candidates("dump-guest-memory", Map.of(), "format=k")).containsExactly("format=kdump-zlib");
        assertThat(candidates("dump-guest-memory", Map.of(), "paging=")).containsExactly("paging=on", "paging=off");
        assertThat(candidates("blockdev-add", Map.of("driver", "raw"), "f")).containsExactly("file=");
        assertThat(candidates("blockdev-add", Map.of("driver", "raw", "file.driver", "file"), "file.f"))
                .containsExactly("file.filename=");
        assertThat(candidates("blockdev-add", Map.of("driver", "raw"), "nothing."))
                .isEmpty();
    }

    @Test
    void survivesKeysThatMakeNoSense() {
        assertThat(typed("blockdev-add", Map.of("...", "1", "a..b", "2"))).isNotNull();
        assertThat(typed("blockdev-add", Map.of("x.".repeat(5000) + "y", "1"))).isNotNull();
        assertThat(candidates("blockdev-add", Map.of(), ".")).isEmpty();
    }
}
