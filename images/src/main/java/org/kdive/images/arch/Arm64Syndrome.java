package org.kdive.images.arch;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** What ESR_EL1 says about an exception. Arm ARM (DDI 0487), D24.2.40: EC, and ISS for aborts and svc. */
public record Arm64Syndrome(long esr) {
    static final Map<Long, String> CLASSES = classes();
    static final Map<Long, String> FAULTS = faults(); // ISS.DFSC and IFSC

    public int exceptionClass() {
        return (int) (esr >>> 26 & 0x3f);
    }

    /** In a few words: {@code data abort in the kernel}; {@code exception class 0x2b} for one not known. */
    public String className() {
        String known = CLASSES.get((long) exceptionClass());
        return known == null ? "exception class 0x%x".formatted(exceptionClass()) : known;
    }

    /** Instruction or data abort, from user code or from the kernel. */
    public boolean isAbort() {
        int ec = exceptionClass();
        return ec == 0x20 || ec == 0x21 || ec == 0x24 || ec == 0x25;
    }

    /** Whether a data abort was caused by a write. */
    public boolean isWrite() {
        return (exceptionClass() & ~1) == 0x24 && (esr >>> 6 & 1) != 0;
    }

    /** Why an abort happened: {@code translation fault, level 2}; empty for other exceptions and codes not known. */
    public Optional<String> fault() {
        if (!isAbort()) {
            return Optional.empty();
        }
        return Optional.ofNullable(FAULTS.get(esr & 0x3f));
    }

    private static Map<Long, String> classes() {
        Map<Long, String> all = new HashMap<>();
        all.put(0x00L, "unknown");
        all.put(0x01L, "wfi or wfe trapped");
        all.put(0x07L, "floating point trapped");
        all.put(0x09L, "pointer authentication trapped");
        all.put(0x0dL, "branch target exception");
        all.put(0x0eL, "illegal execution state");
        all.put(0x11L, "svc, 32-bit");
        all.put(0x15L, "svc");
        all.put(0x16L, "hvc");
        all.put(0x17L, "smc");
        all.put(0x18L, "system register trapped");
        all.put(0x19L, "SVE trapped");
        all.put(0x1cL, "pointer authentication failed");
        all.put(0x1dL, "SME trapped");
        all.put(0x20L, "instruction abort of user code");
        all.put(0x21L, "instruction abort in the kernel");
        all.put(0x22L, "pc misaligned");
        all.put(0x24L, "data abort of user code");
        all.put(0x25L, "data abort in the kernel");
        all.put(0x26L, "sp misaligned");
        all.put(0x2cL, "floating point exception");
        all.put(0x2fL, "SError");
        all.put(0x30L, "breakpoint of user code");
        all.put(0x31L, "breakpoint in the kernel");
        all.put(0x32L, "single step of user code");
        all.put(0x33L, "single step in the kernel");
        all.put(0x34L, "watchpoint of user code");
        all.put(0x35L, "watchpoint in the kernel");
        all.put(0x38L, "bkpt, 32-bit");
        all.put(0x3cL, "brk");
        return Map.copyOf(all);
    }

    private static Map<Long, String> faults() {
        Map<Long, String> all = new HashMap<>();
        for (long level = 0; level < 4; level++) {
            all.put(level, "address size fault, level " + level);
            all.put(4 + level, "translation fault, level " + level);
            all.put(8 + level, "access flag fault, level " + level);
            all.put(12 + level, "permission fault, level " + level);
            all.put(20 + level, "external abort on a table walk, level " + level);
            all.put(28 + level, "parity error on a table walk, level " + level);
        }
        all.put(0x10L, "external abort");
        all.put(0x11L, "tag check fault");
        all.put(0x18L, "parity error");
        all.put(0x21L, "alignment fault");
        all.put(0x29L, "address size fault, level -1");
        all.put(0x2bL, "translation fault, level -1");
        all.put(0x30L, "TLB conflict");
        all.put(0x31L, "update of the hardware not supported");
        all.put(0x34L, "lockdown fault");
        all.put(0x35L, "exclusive or atomic access not supported");
        return Map.copyOf(all);
    }
}
