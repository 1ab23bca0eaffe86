package org.kdive.qmp;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** One QMP command as data, and how to read its reply. */
public interface QmpCommand<R> {
    /** The name QEMU knows it by. */
    String name();

    /** Values as {@link QmpValue#of} takes them. */
    default Map<String, ?> arguments() {
        return Map.of();
    }

    /** Reads what came under "return"; runs on the event loop. */
    R read(QmpValue reply);

    /** How long QEMU may take; empty for the client's default. */
    default Optional<Duration> deadline() {
        return Optional.empty();
    }

    /** A command that only starts a job and answers at once; the job goes on under its id. See {@link QmpJobs}. */
    interface Job extends QmpCommand<QmpValue> {
        String jobId();

        @Override
        default QmpValue read(QmpValue reply) {
            return reply;
        }
    }
}
