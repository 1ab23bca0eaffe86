package org.kdive.gdbrsp;

import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;

/** The one exception of this module; {@link #failure} tells what kind. */
public final class RspException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient RspFailure failure;

    public RspException(String doing, RspFailure failure) {
        this(doing, failure, null);
    }

    /** {@code cause} is null when the failure is the peer's word and not a Java exception's. */
    public RspException(String doing, RspFailure failure, @Nullable Throwable cause) {
        super(doing + ": " + failure.says(), cause);
        this.failure = failure;
    }

    public RspFailure failure() {
        return failure;
    }

    /** The failure in what a future was completed with, unwrapped; a defect of ours comes out as Protocol. */
    public static RspException from(Throwable thrown) {
        Throwable cause = thrown;
        while ((cause instanceof CompletionException || cause instanceof ExecutionException)
                && cause.getCause() != null) {
            cause = cause.getCause();
        }
        return cause instanceof RspException known
                ? known
                : new RspException("speak to the stub", new RspFailure.Protocol(cause.toString()), cause);
    }
}
