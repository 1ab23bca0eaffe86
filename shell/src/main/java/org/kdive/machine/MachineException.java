package org.kdive.machine;

import org.jspecify.annotations.Nullable;

/** What the machine could not do. The message is for a person; callers branch on {@link #failure}. */
public final class MachineException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final transient MachineFailure failure;

    public MachineException(String message, MachineFailure failure) {
        this(message, failure, null);
    }

    public MachineException(String message, MachineFailure failure, @Nullable Throwable cause) {
        super(message, cause);
        this.failure = failure;
    }

    public MachineFailure failure() {
        return failure;
    }
}
