package org.kdive.qmp;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.kdive.qmp.Blocks.JobInfo;
import org.kdive.qmp.Blocks.QueryJobs;

/**
 * Follows one job by its id, from before its command is sent: a short job may be over when the command is answered. For
 * a thread that may block.
 */
public final class QmpJobWatch implements AutoCloseable {
    private final QmpClient client;
    private final String jobId;
    private final QmpSubscription events;
    private String error = ""; // of a block job that dismissed itself

    public QmpJobWatch(QmpClient client, String jobId) {
        this.client = client;
        this.jobId = jobId;
        this.events = client.subscribe(this::isOurs);
    }

    private boolean isOurs(QmpEvent event) {
        return switch (event.name()) {
            case "JOB_STATUS_CHANGE" -> isJob(event, "id");
            case "BLOCK_JOB_COMPLETED", "BLOCK_JOB_ERROR" -> isJob(event, "device");
            default -> false;
        };
    }

    private boolean isJob(QmpEvent event, String member) {
        return event.data()
                .find(member)
                .filter(id -> id instanceof QmpValue.Text text && text.text().equals(jobId))
                .isPresent();
    }

    /** The next status of QAPI's JobStatus; empty if none came in time. */
    public Optional<String> poll(Duration timeout) {
        Optional<QmpEvent> event = events.poll(timeout);
        if (event.isPresent() && !event.get().name().equals("JOB_STATUS_CHANGE")) {
            event.get().data().find("error").ifPresent(text -> error = text.text());
            return Optional.empty();
        }
        return event.map(change -> change.data().text("status"));
    }

    /** How far it is; empty when there is no such job any more. */
    public Optional<JobInfo> progress() {
        return client.call(new QueryJobs()).stream()
                .filter(job -> job.id().equals(jobId))
                .findFirst();
    }

    /** After "concluded": forgets the job, and tells its error if it had one. */
    public Optional<String> dismiss() {
        Optional<JobInfo> left = progress();
        if (left.isPresent()) {
            client.call(new Blocks.JobDismiss(jobId));
            return left.get().error();
        }
        return Optional.of(error).filter(text -> !text.isEmpty());
    }

    /** Asks QEMU to give it up. */
    public void cancel() {
        client.call("job-cancel", Map.of("id", jobId));
    }

    @Override
    public void close() {
        events.close();
    }
}
