package org.kdive.machine;

import java.util.List;
import java.util.OptionalInt;

/**
 * How a QEMU ended.
 *
 * @param status as a shell counts it: above 128 it was a signal
 * @param stderr the last lines it wrote there
 */
public record MachineExit(int status, List<String> stderr) {
    private static final int SIGNALED = 128;
    private static final int LAST_WORDS = 3; // lines

    public MachineExit {
        stderr = List.copyOf(stderr);
    }

    public OptionalInt signal() {
        return status > SIGNALED ? OptionalInt.of(status - SIGNALED) : OptionalInt.empty();
    }

    /** One line for a person: how, and QEMU's last words if it had any: what it refused stands before the advice. */
    public String describe() {
        String how = signal().isPresent()
                ? "QEMU was killed by signal " + signal().getAsInt()
                : "QEMU exited with " + status;
        List<String> words =
                stderr.stream().filter(line -> !line.contains(": warning: ")).toList();
        return words.isEmpty()
                ? how
                : how + ": " + String.join("; ", words.subList(Math.max(0, words.size() - LAST_WORDS), words.size()));
    }
}
