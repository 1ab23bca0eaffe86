package org.kdive.session;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.kdive.images.Architecture;

/**
 * Gets a thread off a breakpoint without a step. The stub would hit the breakpoint again, so the instruction under it has
 * to be executed first, and a step costs as much as the stop itself. Most functions begin with an instruction that moves a
 * register at most: its effect is written, and the guest simply goes on. Session thread.
 *
 * <p>Only under TCG, in the kernel's own 64-bit code, with nothing about that wants the processor to see the instruction:
 * no trap flag, no shadow-stack tracking, no instruction counting (recording, deterministic runs). The bytes are read anew
 * at each stop: the kernel patches its text.
 */
final class Stride {
    private static final int LMA = 1 << 10; // EFER: Intel SDM vol. 3, 2.2.1
    private static final int TRAP_OR_RESUME = 1 << 8 | 1 << 16; // EFLAGS.TF, EFLAGS.RF
    private static final int CET = 1 << 23; // CR4

    private final boolean possible;
    private boolean proven; // the stub took such a write once
    private CompletableFuture<Void> last = CompletableFuture.completedFuture(null);

    Stride(Target target) {
        this.possible = target.isTcg() && target.architecture() == Architecture.X86_64 && !target.countsInstructions();
    }

    /** True when the thread stands behind the instruction now; false when nothing was done and a step is needed. */
    boolean over(Stop stop) {
        if (!possible || last.isCompletedExceptionally()) {
            return false;
        }
        RegisterFile registers = stop.registers();
        if (!isOrdinary(registers)) {
            return false;
        }
        byte[] code = stop.memory().readPrefix(registers.pc(), PlainX86.MOST_BYTES);
        Optional<Map<String, Long>> effect = PlainX86.effect(code, registers::require);
        if (effect.isEmpty()) {
            return false;
        }
        last = CompletableFuture.allOf(effect.get().entrySet().stream()
                .map(e -> registers.writing(e.getKey(), new BigInteger(Long.toUnsignedString(e.getValue()))))
                .toArray(CompletableFuture<?>[]::new));
        if (!proven) {
            // after this one the resume waits for the answers, and this thread does not
            Waits.on(last, "step over a breakpoint");
            proven = true;
        }
        return true;
    }

    private static boolean isOrdinary(RegisterFile registers) {
        return registers.pc() < 0 // the kernel's half, where there is no compatibility mode
                && (registers.number("efer").orElse(0) & LMA) != 0
                && (registers.number("eflags").orElse(-1) & TRAP_OR_RESUME) == 0
                && (registers.number("cr4").orElse(-1) & CET) == 0;
    }
}
