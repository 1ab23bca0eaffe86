package org.kdive.session.expression;

import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** What is wrong at a place of an expression; leaves the package as a SessionException with a caret. */
final class Misstep extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final int at;
    private final transient SessionFailure failure;

    Misstep(int at, String message) {
        this(at, message, new SessionFailure.Usage("EXPRESSION"));
    }

    Misstep(int at, String message, SessionFailure failure) {
        super(message);
        this.at = at;
        this.failure = failure;
    }

    SessionException under(String text) {
        String message = "%s%n  %s%n  %s^"
                .formatted(getMessage(), text.replace('\t', ' '), " ".repeat(Math.min(at, text.length())));
        return new SessionException(message, failure, this);
    }
}
