package org.kdive.images.symbols;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongUnaryOperator;
import org.kdive.images.bytes.Bytes;

// struct syscall_metadata (include/trace/syscall.h, SYSCALL_METADATA in include/linux/syscalls.h), 64-bit:
//  0 const char *name        "sys_openat"
//  8 int syscall_nr
// 12 int nb_args
// 16 const char **types
// 24 const char **args       then a list_head and two pointers
/**
 * The records that a kernel keeps of its system calls' prototypes for its own tracing, where its symbols do not name them:
 * in the table that leads to them all, which is gone once it has started, or else by what they look like.
 */
final class SyscallRecords {
    static final int RECORD_BYTES = 64;
    static final String NAME = "__syscall_meta__";
    private static final int WORD_BYTES = 8;
    private static final int MOST = 1024;
    private static final int MOST_ARGUMENTS = 6;
    private static final int LONGEST_NAME = 64;
    private static final String PREFIX = "sys_";
    private static final long PREFIX_WORD = 0x5f737973; // the same, as a little-endian number

    private final Bytes image;
    private final long base;
    private final LongUnaryOperator word; // the one at an address, as the kernel relocated it

    SyscallRecords(Bytes image, long base, LongUnaryOperator word) {
        this.image = image;
        this.base = base;
        this.word = word;
    }

    /** Whether an address is that of the table of pointers to records. */
    boolean isTable(long address) {
        return holds(address, WORD_BYTES) && isRecord(word.applyAsLong(address));
    }

    /** Those of the table, by the name that the kernel's source gives them. */
    Map<String, Long> ofTable(long table) {
        Map<String, Long> found = new LinkedHashMap<>();
        for (long at = table; isTable(at) && found.size() < MOST; at += WORD_BYTES) {
            add(word.applyAsLong(at), found);
        }
        return found;
    }

    /** Those that lie anywhere in memory in which pointers are as they are. */
    Map<String, Long> anywhere() {
        Map<String, Long> found = new LinkedHashMap<>();
        for (long at = 0; at <= image.size() - RECORD_BYTES && found.size() < MOST; at += WORD_BYTES) {
            long name = image.u64At(at) - base;
            if (name >= 0 && name < image.size() && image.u32At(at + 12) <= MOST_ARGUMENTS && isRecord(base + at)) {
                add(base + at, found);
            }
        }
        return found;
    }

    private void add(long record, Map<String, Long> found) {
        String name = image.textAt(word.applyAsLong(record) - base, LONGEST_NAME);
        found.putIfAbsent(NAME + name.substring(PREFIX.length()), record);
    }

    private boolean isRecord(long address) {
        if (!holds(address, RECORD_BYTES)) {
            return false;
        }
        long name = word.applyAsLong(address) - base;
        long arguments = image.u32At(address + 12 - base);
        return image.holds(name, LONGEST_NAME)
                && image.u32At(name) == PREFIX_WORD
                && arguments <= MOST_ARGUMENTS
                && (arguments == 0
                        || holds(word.applyAsLong(address + 16), WORD_BYTES)
                                && holds(word.applyAsLong(address + 24), WORD_BYTES));
    }

    private boolean holds(long address, int bytes) {
        return address % WORD_BYTES == 0 && image.holds(address - base, bytes);
    }
}
