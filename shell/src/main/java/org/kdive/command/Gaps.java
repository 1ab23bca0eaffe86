package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.StopMemory;

/**
 * Shows a range of memory that may have holes. A page that is not mapped is said where it would stand, and the rest is still
 * shown; only a range of which nothing can be read is an error. Session thread.
 */
final class Gaps {
    private final Output output;
    private final Runnable between;
    private final List<Long> untold = new ArrayList<>(); // while nothing could be shown
    private boolean shown;

    /** @param between called before each line, and may throw to end the whole */
    Gaps(Output output, Runnable between) {
        this.output = output;
        this.between = between;
    }

    Output output() {
        return output;
    }

    void line(String format, Object... arguments) {
        between.run();
        shown = true;
        untold.forEach(this::tell);
        untold.clear();
        output.line(format, arguments);
    }

    void unreadable(long address) {
        if (shown) {
            tell(address);
        } else {
            untold.add(address);
        }
    }

    private void tell(long address) {
        output.line("0x%x:\tcannot access memory: the page at 0x%x is not mapped", address, page(address));
    }

    private static long page(long address) {
        return address & -StopMemory.PAGE_BYTES;
    }

    /** Throws Unreadable with the first address otherwise. */
    void requireSomethingShown() {
        if (!untold.isEmpty()) {
            long address = untold.get(0);
            String others = untold.size() == 1 ? "" : ", nor is any other of the range";
            throw new SessionException(
                    "cannot access memory at 0x%x: the page at 0x%x is not mapped%s"
                            .formatted(address, page(address), others),
                    new SessionFailure.Unreadable(address));
        }
    }
}
