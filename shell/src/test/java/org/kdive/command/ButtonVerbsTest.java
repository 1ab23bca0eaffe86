package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kdive.qmp.QmpSchema;
import org.kdive.qmp.QmpValue;

final class ButtonVerbsTest {
    private static final QmpSchema SCHEMA = QmpSchema.read(QmpValue.parse("""
            [{"name":"send-key","meta-type":"command","arg-type":"135"},
             {"name":"135","meta-type":"object","members":[{"name":"keys","type":"[388]"}]},
             {"name":"[388]","meta-type":"array","element-type":"388"},
             {"name":"388","meta-type":"object","tag":"type","members":[{"name":"type","type":"579"}],
               "variants":[{"case":"number","type":"580"},{"case":"qcode","type":"581"}]},
             {"name":"581","meta-type":"object","members":[{"name":"data","type":"680"}]},
             {"name":"680","meta-type":"enum","values":["ctrl","alt","delete"]}]"""));

    @Test
    void namesKeysAsQemuDoes() {
        assertThat(ButtonVerbs.keys(SCHEMA, "ctrl-alt"))
                .containsExactly(Map.of("type", "qcode", "data", "ctrl"), Map.of("type", "qcode", "data", "alt"));
        assertThatThrownBy(() -> ButtonVerbs.keys(SCHEMA, "ctrl-delte"))
                .hasMessage("sendkey: no key \"delte\"; did you mean delete?");
        assertThatThrownBy(() -> ButtonVerbs.keys(SCHEMA, "")).hasMessageContaining("no key \"\"");
    }
}
