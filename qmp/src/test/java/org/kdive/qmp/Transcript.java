package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;

/**
 * Both sides of a conversation, one message a line: {@code > } what the client says, {@code < } what QEMU says,
 * {@code ~ } bytes of QEMU's without a line end, {@code # } a comment, {@code !} QEMU hangs up here.
 */
record Transcript(List<String> lines) {
    static final String GREETING = """
            < {"QMP": {"version": {"qemu": {"micro": 22, "minor": 2, "major": 7}, "package": "x"}, "capabilities": []}}
            > {"execute":"qmp_capabilities","id":1}
            < {"return": {}, "id": 1}
            """;

    interface Scene {
        void play(QmpClient client) throws Exception;
    }

    Transcript {
        lines = List.copyOf(lines);
    }

    /** After the greeting and the capabilities, these. */
    static Transcript greetingThen(String... lines) {
        List<String> all = new ArrayList<>(GREETING.lines().toList());
        all.addAll(List.of(lines));
        return new Transcript(all);
    }

    /** From src/test/resources, next to this class. */
    static Transcript load(String name) throws IOException {
        try (InputStream in = Objects.requireNonNull(Transcript.class.getResourceAsStream(name), name)) {
            return new Transcript(new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .toList());
        }
    }

    /** The client meets the recorded QEMU over a real socket; what it says must be what the transcript has. */
    void play(Path directory, Scene scene) throws Exception {
        Path socket = directory.resolve("peer");
        Files.deleteIfExists(socket);
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(socket);
        try (ScriptedPeer peer = ScriptedPeer.listen(address, lines)) {
            try (QmpClient client = QmpClient.connect(address, Duration.ofSeconds(10))) {
                scene.play(client);
                assertThat(peer.finished()).as("every line was played").isTrue();
            }
        }
    }
}
