package org.kdive.qmp;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kdive.qmp.Blocks.JobDismiss;
import org.kdive.qmp.Blocks.JobInfo;
import org.kdive.qmp.Blocks.QueryJobs;

/** Follows jobs from their command to their end: started, concluded, the error read, dismissed. Safe from any thread. */
@SuppressWarnings("FutureReturnValueIgnored") // every outcome ends up in the future that run() gives
public final class QmpJobs {
    private final QmpClient client;

    public QmpJobs(QmpClient client) {
        this.client = client;
    }

    /**
     * Completes when the job has ended well and is dismissed. Fails with {@link QmpFailure.JobFailed} if it ended badly,
     * {@link QmpFailure.Refused} if it did not start, {@link QmpFailure.TimedOut} if it has not ended in time; QEMU is
     * still at it then, and it is dismissed whenever it ends.
     */
    public CompletableFuture<Void> run(QmpCommand.Job command, Duration deadline) {
        CompletableFuture<Void> ended = new CompletableFuture<>();
        // The job may conclude before its command is answered, so the listening starts first.
        QmpSubscription watch = client.subscribe(
                event -> isConclusion(command.jobId(), event),
                event -> conclude(command, ended),
                why -> ended.completeExceptionally(new QmpException("follow " + command.jobId(), why)));
        ended.whenComplete((done, failure) -> watch.close());
        client.execute(command).whenComplete((started, failure) -> {
            // Late is not refused: the job may be running, and only its conclusion tells.
            if (failure != null && !isTimeOut(failure)) {
                ended.completeExceptionally(unwrapped(failure));
            }
        });
        QmpFailure late = new QmpFailure.TimedOut("end of the job " + sent(command), deadline);
        return ended.copy()
                .orTimeout(deadline.toMillis(), TimeUnit.MILLISECONDS)
                .exceptionallyCompose(failure -> CompletableFuture.failedFuture(
                        failure instanceof TimeoutException ? new QmpException(late) : unwrapped(failure)));
    }

    private void conclude(QmpCommand.Job command, CompletableFuture<Void> ended) {
        client.execute(new QueryJobs())
                .thenCompose(jobs ->
                        client.execute(new JobDismiss(command.jobId())).thenApply(dismissed -> errorOf(command, jobs)))
                .whenComplete((error, failure) -> {
                    if (failure != null) {
                        ended.completeExceptionally(unwrapped(failure));
                    } else if (error.isEmpty()) {
                        ended.complete(null);
                    } else {
                        ended.completeExceptionally(
                                new QmpException(new QmpFailure.JobFailed(command.jobId(), error, sent(command))));
                    }
                });
    }

    private static String errorOf(QmpCommand.Job command, List<JobInfo> jobs) {
        return jobs.stream()
                .filter(job -> job.id().equals(command.jobId()))
                .findFirst()
                .map(job -> job.error().orElse(""))
                .orElse("somebody else dismissed it");
    }

    private static boolean isConclusion(String jobId, QmpEvent event) {
        return event.name().equals("JOB_STATUS_CHANGE")
                && event.data().text("id").equals(jobId)
                && event.data().text("status").equals("concluded");
    }

    private static String sent(QmpCommand.Job command) {
        return QmpClient.sent(command.name(), command.arguments());
    }

    private static boolean isTimeOut(Throwable failure) {
        return unwrapped(failure) instanceof QmpException failed && failed.failure() instanceof QmpFailure.TimedOut;
    }

    private static Throwable unwrapped(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure instanceof CompletionException && cause != null ? cause : failure;
    }
}
