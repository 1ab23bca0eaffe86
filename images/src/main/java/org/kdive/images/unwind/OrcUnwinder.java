package org.kdive.images.unwind;

import java.util.HashMap;
import java.util.Map;
import org.kdive.images.Memory;

/** x86-64 kernels. Follows Linux Documentation/arch/x86/orc-unwinder.rst. */
public final class OrcUnwinder implements Unwinder {
    private final OrcLookup tables;
    private final Memory memory;

    /**
     * @param tables at run-time addresses: {@link OrcTable#slidBy}
     * @param memory run-time virtual
     */
    public OrcUnwinder(OrcLookup tables, Memory memory) {
        this.tables = tables;
        this.memory = memory;
    }

    @Override
    public Backtrace unwind(RegisterValues registers, int limit) {
        Map<String, Long> live = new HashMap<>();
        for (String name : PtRegs.NAMES) {
            registers.find(name).ifPresent(value -> live.put(name, value));
        }
        return new OrcWalk(tables, memory, live, true).walk(limit);
    }

    @Override
    public Backtrace unwindSleeping(RegisterValues registers, int limit) {
        Map<String, Long> live = new HashMap<>();
        live.put("rip", registers.orZero("rip"));
        live.put("rsp", registers.orZero("rsp"));
        registers.find("rbp").ifPresent(value -> live.put("rbp", value));
        return new OrcWalk(tables, memory, live, false).walk(limit);
    }
}
