package org.kdive.gdbrsp;

import java.util.Locale;
import org.kdive.gdbrsp.wire.Hex;

/**
 * One thread, never "any" (0) nor "all" (-1): those are said by the requests that mean them. For QEMU's system
 * emulation a thread is a vCPU, numbered from 1. KGDB numbers tasks by pid, and CPUs' idle loops from fffffffe down.
 *
 * @param process 0 when the stub does not name processes
 */
public record ThreadId(long process, long thread) {
    public ThreadId {
        if (thread == 0 || thread == -1 || process == -1) {
            throw new IllegalArgumentException("not one thread: process " + process + ", thread " + thread);
        }
    }

    /** Reads {@code p1.2} or {@code 2}. GDB manual, "Packets", thread-id syntax. */
    static ThreadId parse(String text) {
        try {
            int dot = text.indexOf('.');
            if (text.startsWith("p") && dot > 0) {
                return new ThreadId(Hex.number(text.substring(1, dot)), Hex.number(text.substring(dot + 1)));
            }
            return new ThreadId(0, Hex.number(text));
        } catch (IllegalArgumentException e) {
            throw new RspException("read a thread id", new RspFailure.Protocol("not a thread: " + text), e);
        }
    }

    /** As the protocol spells it. */
    String wire() {
        String number = Long.toHexString(thread);
        return process == 0 ? number : "p" + Long.toHexString(process) + "." + number;
    }

    @Override
    public String toString() {
        return process == 0 ? Long.toString(thread) : String.format(Locale.ROOT, "%d.%d", process, thread);
    }
}
