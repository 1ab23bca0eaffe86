package org.kdive.session;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.machine.PageSums;

/**
 * A moment to come back to: the machine, which QEMU keeps under {@code name}, and the debugger as it was. Immutable.
 *
 * @param number from 1, never given twice
 * @param message why it was taken; may be empty
 * @param where the program counter, with its symbol where it has one
 * @param guestTime how long the guest had run
 * @param parent the checkpoint that the guest had come from; empty when it came from none that is still there
 */
public record Checkpoint(
        int number,
        String name,
        String message,
        Instant taken,
        long pc,
        String where,
        Duration guestTime,
        long sizeBytes,
        OptionalInt parent,
        Debugger debugger) {

    /**
     * What of it is kdive's and not QEMU's.
     *
     * @param nodes the block nodes that go back; the first holds the machine's state
     * @param inventory what there was
     * @param pages what RAM held; null where the machine's RAM cannot be read directly
     * @param frontEnd brings back what the front end shows; on the session thread
     */
    record Debugger(
            ThreadId thread,
            SlideSearch.Place place,
            Breakpoints.Saved breakpoints,
            Convenience.Saved convenience,
            List<String> nodes,
            Inventory inventory,
            @Nullable PageSums pages,
            Keepsake frontEnd) {
        Debugger {
            nodes = List.copyOf(nodes);
        }

        Optional<PageSums> findPages() {
            return Optional.ofNullable(pages);
        }
    }

    Checkpoint withParent(OptionalInt value) {
        return new Checkpoint(number, name, message, taken, pc, where, guestTime, sizeBytes, value, debugger);
    }
}
