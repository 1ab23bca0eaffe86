package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.List;
import org.kdive.images.ImageException;

// at log_buf + index: struct printk_log, text, dictionary, padding; a record of length 0 sends back to index 0
/** The log before 5.10: records one behind the other. kernel/printk/printk.c of that time. */
final class LogBuf {
    private static final int MOST_RECORDS = 1 << 20;

    private LogBuf() {}

    static Printk read(LiveKernel kernel) {
        long buffer = kernel.pointer(kernel.requireAddress("log_buf"));
        long sizeBytes = kernel.number(kernel.requireAddress("log_buf_len"), 4);
        long at = kernel.number(kernel.requireAddress("log_first_idx"), 4);
        long end = kernel.number(kernel.requireAddress("log_next_idx"), 4);
        long sequence = kernel.number(kernel.requireAddress("log_first_seq"), 8);
        long last = kernel.number(kernel.requireAddress("log_next_seq"), 8);
        List<LogRecord> records = new ArrayList<>();
        try {
            while (sequence != last && records.size() < MOST_RECORDS && at >= 0 && at < sizeBytes) {
                KernelObject record = kernel.object("printk_log", buffer + at);
                long length = record.number("len");
                if (length == 0) {
                    if (at == 0) {
                        return new Printk(records, "a record of no length at the front of the log");
                    }
                    at = 0;
                    continue;
                }
                records.add(record(kernel, record, sequence++));
                at += length;
            }
        } catch (ImageException e) {
            return new Printk(records, String.valueOf(e.getMessage()));
        }
        return new Printk(records, sequence == last && at == end ? "" : "the log ends before its last record");
    }

    private static LogRecord record(LiveKernel kernel, KernelObject record, long sequence) {
        int header = kernel.layout("printk_log").type().bytes();
        int length = (int) record.number("text_len");
        String text = length == 0
                ? ""
                : kernel.bytes("log text", record.address() + header, length).textAt(0, length);
        return new LogRecord(
                sequence,
                record.number("ts_nsec"),
                (int) record.number("facility"),
                (int) record.number("level"),
                text);
    }
}
