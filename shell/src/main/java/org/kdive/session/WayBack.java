package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kdive.images.Architecture;
import org.kdive.images.arch.Instruction;
import org.kdive.images.arch.Syntax;

/** Where code came from that is being left backwards. Session thread. */
final class WayBack {
    private static final Set<String> RETURNS = Set.of("ret", "retq", "retf", "retaa", "retab", "c.ret");
    private static final Set<String> EXCEPTION_RETURNS = Set.of("iret", "iretq", "iretd", "eret", "sret", "mret");
    /** Of x86's calls: FF /2 with a prefix, a SIB byte and a displacement of 32 bits. */
    private static final int LONGEST_CALL = 8;

    private final Target target;
    private final Stop origin;
    private final long pc;
    private final long sp;
    private boolean overInterrupt;

    WayBack(Target target, Stop origin) {
        this.target = target;
        this.origin = origin;
        this.pc = origin.pc();
        this.sp = origin.registers().sp();
    }

    /** When the guest, one instruction earlier, stands at a return to the origin: where that which returned began. */
    Optional<Goal> overCall(String command) {
        List<Instruction> last = code(target.registers(origin.thread()).pc(), 1);
        String mnemonic = last.isEmpty() ? "" : last.get(0).mnemonic();
        overInterrupt = EXCEPTION_RETURNS.contains(mnemonic);
        if (overInterrupt) {
            return Optional.of(Goal.until(command, List.of(pc), registers -> registers.sp() == sp));
        }
        List<Long> calls = RETURNS.contains(mnemonic) ? callsBefore(pc) : List.of();
        return calls.isEmpty()
                ? Optional.empty()
                : Optional.of(Goal.until(command, calls, registers -> registers.sp() == sp));
    }

    /** Whether that which returned was no call. */
    boolean isOverInterrupt() {
        return overInterrupt;
    }

    /** Where the selected frame's function was called. Throws Unsupported when that is not known. */
    Goal toCaller(String command) {
        int level = origin.frame().level();
        List<Frame> frames = origin.calls(level + 2).frames();
        if (frames.size() < level + 2) {
            throw new SessionException(
                    command + ": the caller of this function is not known", new SessionFailure.Unsupported(command));
        }
        long returns = frames.get(level + 1).pc();
        List<Long> calls = callsBefore(returns);
        long below = origin.frame().sp();
        return Goal.until(
                command,
                calls.isEmpty() ? List.of(returns) : calls, // an interrupt has no call
                registers -> Long.compareUnsigned(registers.sp(), below) >= 0);
    }

    /** The instructions that may have called and return to this address: on x86 several lengths may read as a call. */
    private List<Long> callsBefore(long returns) {
        boolean x86 = target.architecture() == Architecture.X86_64 || target.architecture() == Architecture.X86_32;
        List<Long> calls = new ArrayList<>();
        for (int length = 2; length <= (x86 ? LONGEST_CALL : 4); length++) {
            List<Instruction> code = x86 || length % 2 == 0 ? code(returns - length, 1) : List.of();
            if (!code.isEmpty() && code.get(0).next() == returns && Branches.isCall(code.get(0))) {
                calls.add(returns - length);
            }
        }
        return calls;
    }

    private List<Instruction> code(long address, int count) {
        return new Code(target, origin.thread(), Syntax.INTEL).at(address, count);
    }
}
