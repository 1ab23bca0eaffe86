package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.logging.Handler;
import java.util.logging.Level;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the logger qmp.wire writes is a transcript. */
final class WireLogTest {
    @TempDir
    private Path directory;

    private final Logger wire = Logger.getLogger("qmp.wire"); // held, or its level would be collected with it

    /** Keeps the messages. */
    private static final class Recorder extends Handler {
        private final List<String> lines = new CopyOnWriteArrayList<>();

        @Override
        public void publish(LogRecord entry) {
            lines.add(new SimpleFormatter().formatMessage(entry));
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    @Test
    void theWireLogReplays() throws Exception {
        Recorder recorder = new Recorder();
        recorder.setLevel(Level.FINE);
        wire.addHandler(recorder);
        wire.setUseParentHandlers(false);
        wire.setLevel(Level.FINE);
        try {
            Transcript.greetingThen(
                            "> {\"execute\":\"a\",\"arguments\":{\"b\":[1,\"\\n\"]},\"id\":2}",
                            "< {\"event\": \"STOP\"}",
                            "< {\"return\": 18446744073709551615, \"id\": 2}")
                    .play(directory, WireLogTest::converse);
        } finally {
            wire.removeHandler(recorder);
            wire.setUseParentHandlers(true);
            wire.setLevel(null);
        }
        assertThat(recorder.lines).filteredOn(line -> !line.startsWith("#")).hasSize(6);
        new Transcript(recorder.lines).play(directory, WireLogTest::converse);
    }

    private static void converse(QmpClient client) {
        assertThat(client.call("a", Map.of("b", List.of(1, "\n"))).number()).isEqualTo(-1);
    }
}
