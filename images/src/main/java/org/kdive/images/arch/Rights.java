package org.kdive.images.arch;

/** What a mapping allows. {@code isUser}: user code may use it at all; {@code isExecutable}: for whoever may use it. */
public record Rights(boolean isWritable, boolean isUser, boolean isExecutable) {
    static final Rights ALL = new Rights(true, true, true);

    Rights and(Rights other) {
        return new Rights(isWritable && other.isWritable, isUser && other.isUser, isExecutable && other.isExecutable);
    }

    /** {@code rw-u}: read, write, execute, user. */
    @Override
    public String toString() {
        return "r" + (isWritable ? "w" : "-") + (isExecutable ? "x" : "-") + (isUser ? "u" : "-");
    }
}
