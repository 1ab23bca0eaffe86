package org.kdive.images;

import java.io.EOFException;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** The one exception of this module. Its message is a line fit for the user. */
public final class ImageException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient ImageFailure failure;

    public ImageException(ImageFailure failure) {
        super(printable(failure.describe()));
        this.failure = failure;
    }

    public ImageException(ImageFailure failure, Throwable cause) {
        super(printable(failure.describe()), cause);
        this.failure = failure;
    }

    /** For a message that says more than the failure alone, such as what was being done. */
    public ImageException(String message, ImageFailure failure) {
        super(printable(message));
        this.failure = failure;
    }

    /** The file could not be read or written; says why in words rather than as a class name. */
    public static ImageException io(Path path, IOException cause) {
        String why = cause instanceof NoSuchFileException
                ? "no such file"
                : cause instanceof java.nio.file.AccessDeniedException ? "permission denied" : reason(cause);
        return new ImageException(new ImageFailure.Io(path.toString(), why), cause);
    }

    public static ImageException memoryFault(long address) {
        return new ImageException(new ImageFailure.MemoryFault(address));
    }

    /** Messages quote what they are about, and that may be hostile: a newline, or an escape sequence for a terminal. */
    private static String printable(String message) {
        if (message.chars().noneMatch(Character::isISOControl)) {
            return message;
        }
        StringBuilder printable = new StringBuilder();
        message.strip()
                .chars()
                .forEach(c -> printable.append(
                        Character.isISOControl(c) ? "\\x%02x".formatted(c) : String.valueOf((char) c)));
        return printable.toString();
    }

    /** Why, in words: streams that end early say so by the name of their exception alone, of any library. */
    public static String reason(Exception cause) {
        String message = cause.getMessage();
        if (message == null || message.isBlank()) {
            return cause instanceof EOFException
                    ? "it ends in the middle"
                    : cause.getClass().getSimpleName();
        }
        return message;
    }

    public ImageFailure failure() {
        return failure;
    }
}
