package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class QmpEndpointTest {
    @ParameterizedTest
    @CsvSource({
        "unix:/run/x, unix:/run/x",
        "unix:x, unix:x",
        "tcp:host:1, tcp:host:1",
        "host:65535, tcp:host:65535",
        ":4444, tcp:localhost:4444",
        "[::1]:4444, tcp:[::1]:4444",
        "tcp:[fe80::1]:4444, tcp:[fe80::1]:4444",
    })
    void readsWhatUsersWrite(String text, String described) {
        assertThat(QmpEndpoint.describe(QmpEndpoint.parse(text))).isEqualTo(described);
    }

    @Test
    void leavesNamesToTheConnection() {
        assertThat(((InetSocketAddress) QmpEndpoint.parse("no-such-host.invalid:1")).isUnresolved())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "unix:", "host", "host:", "host:0", "host:65536", "host:x", "tcp:1", "host:+1"})
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> QmpEndpoint.parse(text))
                .isInstanceOfSatisfying(
                        QmpException.class, e -> assertThat(e.failure()).isInstanceOf(QmpFailure.Unreachable.class));
    }
}
