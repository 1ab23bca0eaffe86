package org.kdive.qmp;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.qmp.Blocks.SnapshotSave;

/** Jobs that do not go as they should, in the words of QEMU 7.2. */
final class QmpJobsTest {
    private static final Duration SOON = Duration.ofSeconds(10);
    private static final SnapshotSave SAVE = new SnapshotSave("j", "one", "vm0", List.of("vm0"));
    private static final String SENT = "> {\"execute\":\"snapshot-save\",\"arguments\":{\"job-id\":\"j\","
            + "\"tag\":\"one\",\"devices\":[\"vm0\"],\"vmstate\":\"vm0\"},\"id\":2}";
    private static final String STARTED = "< {\"return\": {}, \"id\": 2}";
    private static final String OTHERS = concluded("of-somebody-else");
    private static final String CONCLUDED = concluded("j");

    @TempDir
    private Path directory;

    @Test
    void aJobThatEndsTooLateFailsInTimeAndIsDismissedAllTheSame() throws Exception {
        Transcript.greetingThen(
                        SENT,
                        STARTED,
                        OTHERS,
                        "> {\"execute\":\"query-status\",\"id\":3}",
                        CONCLUDED,
                        "> {\"execute\":\"query-jobs\",\"id\":4}",
                        "< {\"return\": [], \"id\": 4}",
                        "> {\"execute\":\"job-dismiss\",\"arguments\":{\"id\":\"j\"},\"id\":5}",
                        "< {\"return\": {}, \"id\": 5}")
                .play(directory, client -> {
                    var job = new QmpJobs(client).run(SAVE, Duration.ofMillis(50));
                    assertThat(QmpClientTest.failureOf(job)).isInstanceOf(QmpFailure.TimedOut.class);
                    assertThat(client.execute("query-status", Map.of())).isNotDone();
                });
    }

    @Test
    void aJobThatConcludesBeforeItsCommandIsAnsweredIsNotMissed() throws Exception {
        Transcript.greetingThen(
                        SENT,
                        CONCLUDED,
                        STARTED,
                        "> {\"execute\":\"query-jobs\",\"id\":3}",
                        "< {\"return\": [{\"current-progress\": 1, \"status\": \"concluded\", \"total-progress\": 1,"
                                + " \"type\": \"snapshot-save\", \"id\": \"j\"}], \"id\": 3}",
                        "> {\"execute\":\"job-dismiss\",\"arguments\":{\"id\":\"j\"},\"id\":4}",
                        "< {\"return\": {}, \"id\": 4}")
                .play(
                        directory,
                        client ->
                                assertThat(new QmpJobs(client).run(SAVE, SOON)).succeedsWithin(10, TimeUnit.SECONDS));
    }

    @Test
    void aJobThatSomebodyElseDismissedIsNoSuccess() throws Exception {
        Transcript.greetingThen(
                        SENT,
                        STARTED,
                        CONCLUDED,
                        "> {\"execute\":\"query-jobs\",\"id\":3}",
                        "< {\"return\": [], \"id\": 3}",
                        "> {\"execute\":\"job-dismiss\",\"arguments\":{\"id\":\"j\"},\"id\":4}",
                        "< {\"error\": {\"class\": \"GenericError\", \"desc\": \"Job not found\"}, \"id\": 4}")
                .play(
                        directory,
                        client -> assertThat(QmpClientTest.failureOf(new QmpJobs(client).run(SAVE, SOON)))
                                .isInstanceOf(QmpFailure.Refused.class));
    }

    @Test
    void aDisconnectionUnderWayEndsTheFollowing() throws Exception {
        Transcript.greetingThen(SENT, STARTED, "!")
                .play(
                        directory,
                        client -> assertThat(QmpClientTest.failureOf(new QmpJobs(client).run(SAVE, SOON)))
                                .isInstanceOf(QmpFailure.Disconnected.class));
    }

    private static String concluded(String job) {
        return "< {\"timestamp\": {\"seconds\": 1, \"microseconds\": 2}, \"event\": \"JOB_STATUS_CHANGE\","
                + " \"data\": {\"status\": \"concluded\", \"id\": \"" + job + "\"}}";
    }
}
