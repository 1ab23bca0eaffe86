package org.kdive.qmp;

/** The one exception of this module; {@link #failure()} says what happened. */
public final class QmpException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient QmpFailure failure;

    public QmpException(QmpFailure failure) {
        super(failure.message());
        this.failure = failure;
    }

    public QmpException(QmpFailure failure, Throwable cause) {
        super(failure.message(), cause);
        this.failure = failure;
    }

    /** While doing what: put before the failure's own message. */
    public QmpException(String doing, QmpFailure failure) {
        super(doing + ": " + failure.message());
        this.failure = failure;
    }

    /** The same again, with the stack of the thread that waited for it. */
    public QmpException(QmpException elsewhere) {
        super(elsewhere.getMessage(), elsewhere);
        this.failure = elsewhere.failure;
    }

    public QmpFailure failure() {
        return failure;
    }
}
