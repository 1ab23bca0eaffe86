package org.kdive.images.linux;

import java.util.List;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * The kernel's log.
 *
 * @param records oldest first
 * @param lost why there may be more; empty when all were read
 */
public record Printk(List<LogRecord> records, String lost) {
    public Printk {
        records = List.copyOf(records);
    }

    /** As much as the ring still holds. Works from the first message on, before there is any console. */
    public static Printk of(LiveKernel kernel) {
        // the ring without a lock since 5.10 (896fbe20b4e2); before, records one behind the other
        OptionalLong prb = kernel.findAddress("prb");
        if (prb.isPresent()) {
            return PrintkRing.read(kernel, kernel.pointer(prb.getAsLong()));
        }
        if (kernel.findAddress("log_first_idx").isPresent()) {
            return LogBuf.read(kernel);
        }
        throw new ImageException(new ImageFailure.Missing(
                kernel.program().symbols().source(),
                "no symbol \"prb\": a kernel without CONFIG_KALLSYMS_ALL does not say where its log is"));
    }
}
