package org.kdive.cli;

/** The words are wrong in a way that shows only when they are used. One line, no final period. */
final class UsageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    UsageException(String message) {
        super(message);
    }
}
