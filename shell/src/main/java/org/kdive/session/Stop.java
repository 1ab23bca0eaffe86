package org.kdive.session;

import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.Program;
import org.kdive.images.arch.Instruction;
import org.kdive.images.symbols.Symbol;

/**
 * A stopped guest, from one stop to the next resume; held longer it fails with StaleStop. Everything here reads what is
 * true at this stop, once. Session thread.
 */
public final class Stop implements SessionState {
    private final RunControl control;
    private final Target target;
    private final long number;
    private final ThreadId thread;
    private final Cause cause;
    private final Aftermath aftermath;

    Stop(RunControl control, Target target, long number, ThreadId thread, Cause cause, Aftermath aftermath) {
        this.control = control;
        this.target = target;
        this.number = number;
        this.thread = thread;
        this.cause = cause;
        this.aftermath = aftermath;
    }

    /** Which of the session's stops it is; rises by one each time. */
    public long number() {
        return number;
    }

    public Cause cause() {
        return cause;
    }

    /** What the breakpoints that stopped it want done. */
    public Aftermath aftermath() {
        return aftermath;
    }

    /** The current thread, which the commands speak of: a vCPU under QEMU. */
    public ThreadId thread() {
        return thread;
    }

    public List<ThreadId> threads() {
        requireCurrent();
        return target.threads();
    }

    public RegisterFile registers() {
        requireCurrent();
        return target.registers(thread);
    }

    public RegisterFile registersOf(ThreadId other) {
        requireCurrent();
        return target.registers(other);
    }

    /** As the selected frame knows them. */
    public RegisterFile frameRegisters() {
        return target.frames().over(registers());
    }

    /** The frame that is selected; the innermost until another is. */
    public Frame frame() {
        requireCurrent();
        return target.frames().caller().orElseGet(() -> calls(1).frames().get(0));
    }

    /** Makes it the one that expressions speak of, until the guest runs or another thread is selected. */
    public void select(Frame frame) {
        requireCurrent();
        target.frames().choose(frame);
    }

    public Architecture architecture() {
        return target.architecture();
    }

    public long pc() {
        return registers().pc();
    }

    public StopMemory memory() {
        requireCurrent();
        return target.memory(thread);
    }

    /** Symbols; empty when no kernel image is known. */
    public Optional<Program> program() {
        requireCurrent();
        return target.findProgram();
    }

    /** An address as people read it: with its symbol where it has one. */
    public String describe(long address) {
        return target.describe(address);
    }

    /** The function that the guest stands in; empty where no symbol is known. */
    public Optional<String> function() {
        long pc = pc();
        return program().flatMap(known -> known.symbolAt(pc)).map(Symbol::name);
    }

    /** The calls that led here, innermost first; at most {@code limit}. */
    public Calls calls(int limit) {
        requireCurrent();
        return target.unwinding().calls(thread, limit);
    }

    /** The same for another thread. */
    public Calls callsOf(ThreadId other, int limit) {
        requireCurrent();
        return target.unwinding().calls(other, limit);
    }

    /** What the guest's kernel holds: tasks, modules, its log. */
    public GuestKernel kernel() {
        requireCurrent();
        return new GuestKernel(this, target);
    }

    /** Instructions as they stand in memory; fewer than asked where it ends. */
    public List<Instruction> code(long address, int count) {
        requireCurrent();
        return new Code(target, thread, target.shownSyntax()).at(address, count);
    }

    /** Writes what the thread sees at a run-time virtual address; throws Unreadable. */
    public void write(long address, byte[] bytes) {
        requireCurrent();
        target.write(thread, address, bytes);
    }

    /** What QEMU's monitor answers; empty where none can be asked. */
    Optional<String> monitor(String command) {
        requireCurrent();
        try {
            return Optional.of(target.monitor(command));
        } catch (RspException e) {
            return Optional.empty(); // a stub without qRcmd
        }
    }

    void requireCurrent() {
        if (!control.isCurrent(number)) {
            throw new SessionException(
                    "stale stop: the guest has run since stop %d".formatted(number), new SessionFailure.StaleStop());
        }
    }
}
