package org.kdive.images.unwind;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.Memory;

/** One walk up one x86-64 stack. */
final class OrcWalk {
    /** A stack may be left for another at interrupts: task, irq, four exception stacks, entry. More is a loop. */
    private static final int MOST_STACKS = 16;

    /** The top 2 GiB: kernel, modules and BPF programs. Linux Documentation/arch/x86/x86_64/mm.rst. */
    private static final long KERNEL_TEXT = 0xffffffff80000000L;

    private final OrcLookup tables;
    private final Memory memory;
    private final List<StackFrame> frames = new ArrayList<>();

    // the frame stood in
    private long ip;
    private long sp;
    private OptionalLong bp;
    private boolean isExact;
    /** What is known of its registers beyond the three. */
    private Map<String, Long> known;
    /** Registers saved before a partial frame: still true for those the code since has not touched. */
    private Map<String, Long> previous = Map.of();

    private int stacks;
    private boolean isGuess;

    /** Why a walk can end, thrown from its depths to {@link #walk}. */
    private static final class Ended extends Exception {
        private static final long serialVersionUID = 1L;

        private final Backtrace.End end;

        Ended(Backtrace.End end, String reason) {
            super(reason, null, false, false);
            this.end = end;
        }
    }

    OrcWalk(OrcLookup tables, Memory memory, Map<String, Long> registers, boolean isExact) {
        this.tables = tables;
        this.memory = memory;
        this.known = new HashMap<>(registers);
        this.ip = registers.getOrDefault("rip", 0L);
        this.sp = registers.getOrDefault("rsp", 0L);
        this.bp = registers.containsKey("rbp") ? OptionalLong.of(registers.get("rbp")) : OptionalLong.empty();
        this.isExact = isExact;
    }

    Backtrace walk(int limit) {
        boolean isUser = (known.getOrDefault("cs", 0L) & 3) == 3;
        emit(isUser ? FrameKind.USER : FrameKind.NORMAL);
        if (isUser) {
            return new Backtrace(frames, Backtrace.End.USER, "");
        }
        try {
            while (frames.size() < limit) {
                step();
            }
            return new Backtrace(frames, Backtrace.End.LIMIT, "");
        } catch (Ended ended) {
            String reason = ended.getMessage();
            return new Backtrace(frames, ended.end, reason == null ? "" : reason);
        }
    }

    private void emit(FrameKind kind) {
        Map<String, Long> registers = new HashMap<>(known);
        registers.put("rip", ip);
        registers.put("rsp", sp);
        bp.ifPresent(value -> registers.put("rbp", value));
        frames.add(new StackFrame(ip, sp, bp, kind, isExact, registers));
    }

    private void step() throws Ended {
        OrcEntry entry = entry();
        switch (entry.type()) {
            case UNDEFINED -> throw new Ended(Backtrace.End.LOST, "no way out of 0x%x is known".formatted(ip));
            case END_OF_STACK -> throw new Ended(Backtrace.End.COMPLETE, "");
            case CALL, REGS, REGS_PARTIAL -> {}
        }
        long oldSp = sp;
        long newSp = callersSp(entry);
        switch (entry.type()) {
            case CALL -> leaveCall(entry, newSp);
            case REGS -> leaveRegs(entry, newSp);
            case REGS_PARTIAL -> leavePartial(entry, newSp);
            case UNDEFINED, END_OF_STACK -> throw new IllegalStateException("ended above");
        }
        isExact = entry.isSignal();
        checkProgress(oldSp);
        emitCaller(entry);
    }

    private OrcEntry entry() throws Ended {
        isGuess = false;
        if (ip == 0) {
            return OrcEntry.NULL_CALL;
        }
        Optional<OrcTable.Found> found = tables.find(isExact ? ip : ip - 1);
        boolean isCode = found.isPresent() && found.get().entry().type() != OrcEntry.Type.UNDEFINED;
        if (!isCode && isExact && isReturnAddressOnTop()) {
            isGuess = true;
            return OrcEntry.NULL_CALL; // something else that is no code was called
        }
        if (found.isPresent()) {
            return found.get().entry();
        }
        isGuess = true;
        if (frames.size() > 1 && frames.get(frames.size() - 1).kind() == FrameKind.GUESS) {
            throw new Ended(Backtrace.End.LOST, "no unwind table covers 0x%x".formatted(ip));
        }
        return OrcEntry.FRAME_POINTER;
    }

    private boolean isReturnAddressOnTop() {
        try {
            return sp < 0
                    && tables.find(read(sp) - 1)
                            .filter(found -> found.entry().type() == OrcEntry.Type.CALL)
                            .isPresent();
        } catch (Ended unreadable) {
            return false;
        }
    }

    private long callersSp(OrcEntry entry) throws Ended {
        int offset = entry.spOffset();
        return switch (entry.spRegister()) {
            case SP -> sp + offset;
            case BP -> requireBp() + offset;
            case SP_INDIRECT -> read(sp) + offset;
            case BP_INDIRECT -> read(requireBp() + offset);
            case AX -> register("rax");
            case DX -> register("rdx");
            case DI -> register("rdi");
            case R10 -> register("r10");
            case R13 -> register("r13");
            case UNDEFINED, PREV_SP ->
                throw new Ended(Backtrace.End.LOST, "the unwind table of 0x%x makes no sense".formatted(ip));
        };
    }

    private void leaveCall(OrcEntry entry, long newSp) throws Ended {
        bp = callersBp(entry, newSp);
        ip = read(newSp - 8);
        sp = newSp;
        known = Map.of();
        previous = Map.of();
    }

    private void leaveRegs(OrcEntry entry, long newSp) throws Ended {
        Map<String, Long> saved = readRegs(newSp, 0);
        bp = entry.bpRegister() == OrcRegister.UNDEFINED
                ? OptionalLong.of(saved.getOrDefault("rbp", 0L))
                : callersBp(entry, newSp);
        enter(saved);
        previous = Map.of();
    }

    private void leavePartial(OrcEntry entry, long newSp) throws Ended {
        Map<String, Long> saved = readRegs(newSp - PtRegs.HARDWARE, PtRegs.HARDWARE);
        Map<String, Long> before = known.size() >= PtRegs.NAMES.size() - 3 ? known : previous;
        if (entry.bpRegister() != OrcRegister.UNDEFINED) {
            bp = callersBp(entry, newSp);
        } else if (before.containsKey("rbp")) {
            bp = OptionalLong.of(before.get("rbp"));
        }
        enter(saved);
        previous = before;
    }

    private void enter(Map<String, Long> saved) {
        known = saved;
        ip = saved.getOrDefault("rip", 0L);
        sp = saved.getOrDefault("rsp", 0L);
    }

    private OptionalLong callersBp(OrcEntry entry, long newSp) throws Ended {
        return switch (entry.bpRegister()) {
            case PREV_SP -> OptionalLong.of(read(newSp + entry.bpOffset()));
            case BP -> OptionalLong.of(read(requireBp() + entry.bpOffset()));
            default -> bp; // not touched
        };
    }

    private void emitCaller(OrcEntry entry) throws Ended {
        boolean isSaved = entry.type() != OrcEntry.Type.CALL;
        boolean isUser = isSaved && (known.getOrDefault("cs", 0L) & 3) == 3;
        if (isUser) {
            isExact = true;
            // -1 for interrupts and exceptions, else the number of the system call: Linux arch/x86/entry/calling.h
            boolean isSyscall = known.getOrDefault("orig_rax", -1L) >= 0;
            emit(isSyscall ? FrameKind.SYSCALL : FrameKind.USER);
            throw new Ended(Backtrace.End.USER, "");
        }
        // code patched in at boot can push what no table knows of: Linux 6.1's RSB stuffing in __switch_to_asm
        boolean isNoCode = !isSaved && ip != 0 && (ip >= 0 || ip < KERNEL_TEXT);
        emit(isGuess || isNoCode ? FrameKind.GUESS : isSaved ? FrameKind.INTERRUPT : FrameKind.NORMAL);
    }

    private void checkProgress(long oldSp) throws Ended {
        boolean isKernel = sp < 0;
        if (!isKernel && (known.getOrDefault("cs", 0L) & 3) != 3) {
            throw new Ended(Backtrace.End.LOST, "the stack pointer would be 0x%x".formatted(sp));
        }
        if (Long.compareUnsigned(sp, oldSp) <= 0 && ++stacks > MOST_STACKS) {
            throw new Ended(Backtrace.End.LOST, "the stack does not move on");
        }
    }

    private long requireBp() throws Ended {
        return bp.orElseThrow(() -> new Ended(Backtrace.End.LOST, "the frame pointer is not known"));
    }

    private long register(String name) throws Ended {
        Long value = known.containsKey(name) ? known.get(name) : previous.get(name);
        if (value == null) {
            throw new Ended(Backtrace.End.LOST, "register %s is not known".formatted(name));
        }
        return value;
    }

    private Map<String, Long> readRegs(long base, int from) throws Ended {
        ByteBuffer bytes = bytes(base + from, PtRegs.BYTES - from);
        Map<String, Long> saved = new HashMap<>();
        for (int i = from / 8; i < PtRegs.NAMES.size(); i++) {
            saved.put(PtRegs.NAMES.get(i), bytes.getLong());
        }
        return saved;
    }

    private long read(long address) throws Ended {
        return bytes(address, 8).getLong();
    }

    private ByteBuffer bytes(long address, int length) throws Ended {
        try {
            return ByteBuffer.wrap(memory.read(address, length)).order(ByteOrder.LITTLE_ENDIAN);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault) {
                throw new Ended(Backtrace.End.LOST, "cannot read the stack at 0x%x".formatted(address));
            }
            throw e;
        }
    }
}
