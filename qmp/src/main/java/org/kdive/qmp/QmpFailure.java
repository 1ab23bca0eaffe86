package org.kdive.qmp;

import java.time.Duration;

/** Why something asked of QEMU did not come true. Branch on the case, show the message. */
public sealed interface QmpFailure {
    /** One line for a user: what was being done, to what, and what came. */
    String message();

    /** QEMU said no. {@code errorClass} is one of QAPI's QapiErrorClass; the description is for people only. */
    record Refused(String errorClass, String description, String sent) implements QmpFailure {
        @Override
        public String message() {
            String kind = errorClass.equals("GenericError") ? "" : errorClass + ": ";
            return "QEMU refused %s: %s%s".formatted(abbreviated(sent), kind, description);
        }
    }

    /**
     * Something did not come in time: an answer, a greeting, a job's end. A command may still have its effect; a late
     * answer is dropped.
     */
    record TimedOut(String awaited, Duration deadline) implements QmpFailure {
        @Override
        public String message() {
            return "no %s within %s s".formatted(abbreviated(awaited), seconds(deadline));
        }
    }

    /** QEMU is gone: it closed the connection, or the connection broke. */
    record Disconnected(String endpoint, String cause) implements QmpFailure {
        @Override
        public String message() {
            return "lost QEMU's monitor %s: %s".formatted(endpoint, cause);
        }
    }

    /** We closed the connection ourselves. */
    record Closed(String endpoint) implements QmpFailure {
        @Override
        public String message() {
            return "the connection to QEMU's monitor %s is closed".formatted(endpoint);
        }
    }

    /** The peer does not speak QMP, or stopped doing so. */
    record Protocol(String endpoint, String what) implements QmpFailure {
        @Override
        public String message() {
            return "%s does not speak QMP: %s".formatted(endpoint, what);
        }
    }

    /** Nobody could be reached there, or we could not listen there. */
    record Unreachable(String endpoint, String why) implements QmpFailure {
        @Override
        public String message() {
            return "QEMU's monitor %s: %s".formatted(endpoint, why);
        }
    }

    /** A job was started and ended with an error; it has been dismissed. */
    record JobFailed(String jobId, String error, String sent) implements QmpFailure {
        @Override
        public String message() {
            return "QEMU's job %s failed: %s".formatted(abbreviated(sent), error);
        }
    }

    /** A value of QEMU's is not what was expected of it. */
    record Mismatch(String wanted, String got) implements QmpFailure {
        @Override
        public String message() {
            return "expected %s, got %s".formatted(wanted, abbreviated(got));
        }
    }

    /** QEMU has left so many commands unanswered that no more are sent. */
    record Busy(String sent, int unanswered) implements QmpFailure {
        @Override
        public String message() {
            return "did not send %s: %d commands are unanswered".formatted(abbreviated(sent), unanswered);
        }
    }

    /** The waiting thread was interrupted. */
    record Interrupted(String doing) implements QmpFailure {
        @Override
        public String message() {
            return "interrupted while " + doing;
        }
    }

    private static String abbreviated(String json) {
        int most = 200;
        return json.length() <= most ? json : json.substring(0, most) + "... (" + json.length() + " characters)";
    }

    private static String seconds(Duration duration) {
        double seconds = duration.toMillis() / 1000.0;
        return seconds == Math.rint(seconds) ? Long.toString((long) seconds) : Double.toString(seconds);
    }
}
