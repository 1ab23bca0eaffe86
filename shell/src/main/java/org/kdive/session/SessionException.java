package org.kdive.session;

import org.jspecify.annotations.Nullable;

/** What the session could not do: one line for the user, and a failure for the caller. */
public final class SessionException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient SessionFailure failure;

    public SessionException(String message, SessionFailure failure) {
        this(message, failure, null);
    }

    public SessionException(String message, SessionFailure failure, @Nullable Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    public SessionFailure failure() {
        return failure;
    }
}
