package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs looked at from outside, in the words of QEMU 7.2. */
final class QmpJobWatchTest {
    private static final Duration SOON = Duration.ofSeconds(10);

    @TempDir
    private Path directory;

    @Test
    void tellsTheErrorOfAJobAndForgetsIt() throws Exception {
        Transcript.greetingThen(
                        "> {\"execute\":\"snapshot-delete\",\"id\":2}",
                        "< {\"return\": {}, \"id\": 2}",
                        status("other", "running"),
                        status("j", "running"),
                        status("j", "concluded"),
                        "> {\"execute\":\"query-jobs\",\"id\":3}",
                        "< {\"return\": [{\"current-progress\": 1, \"status\": \"concluded\", \"total-progress\": 1,"
                                + " \"type\": \"snapshot-delete\", \"id\": \"j\", \"error\": \"no x\"}], \"id\": 3}",
                        "> {\"execute\":\"job-dismiss\",\"arguments\":{\"id\":\"j\"},\"id\":4}",
                        "< {\"return\": {}, \"id\": 4}")
                .play(directory, client -> {
                    try (QmpJobWatch watch = new QmpJobWatch(client, "j")) {
                        client.call("snapshot-delete", Map.of());
                        assertThat(watch.poll(SOON)).contains("running");
                        assertThat(watch.poll(SOON)).contains("concluded");
                        assertThat(watch.dismiss()).contains("no x");
                    }
                });
    }

    @Test
    void aBlockJobThatDismissesItselfTellsItsErrorInAnEvent() throws Exception {
        Transcript.greetingThen(
                        "> {\"execute\":\"block-stream\",\"id\":2}",
                        "< {\"return\": {}, \"id\": 2}",
                        event("BLOCK_JOB_COMPLETED", "{\"device\": \"j\", \"error\": \"disk full\", \"len\": 2}"),
                        status("j", "concluded"),
                        "> {\"execute\":\"query-jobs\",\"id\":3}",
                        "< {\"return\": [], \"id\": 3}")
                .play(directory, client -> {
                    try (QmpJobWatch watch = new QmpJobWatch(client, "j")) {
                        client.call("block-stream", Map.of());
                        assertThat(watch.poll(SOON)).isEmpty();
                        assertThat(watch.poll(SOON)).contains("concluded");
                        assertThat(watch.dismiss()).contains("disk full");
                    }
                });
    }

    private static String status(String job, String status) {
        return event("JOB_STATUS_CHANGE", "{\"status\": \"" + status + "\", \"id\": \"" + job + "\"}");
    }

    private static String event(String name, String data) {
        return "< {\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"" + name + "\", \"data\": " + data
                + "}";
    }
}
