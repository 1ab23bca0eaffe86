package org.kdive.session;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.arch.Disassembler;
import org.kdive.images.arch.InstructionSet;
import org.kdive.images.arch.Syntax;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.types.TypeTable;
import org.kdive.machine.Console;
import org.kdive.machine.Machine;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.session.expression.Expression;
import org.kdive.session.expression.Scope;
import org.kdive.session.expression.Types;

/** What is being debugged: its channels, its kernel, and what was read from it during the present stop. Session thread. */
final class Target implements AutoCloseable {
    private static final Duration END_GRACE = Duration.ofSeconds(2);

    private final RspClient stub;
    private final @Nullable QmpClient qmp; // null: attached to a stub alone
    private final @Nullable Machine machine; // null: somebody else's QEMU
    private @Nullable AttachedChannels channels; // null: a machine of ours
    private final boolean tcg;
    private boolean hasKernel;
    private Supplier<Optional<Program>> linked;
    private final Architecture architecture;
    private @Nullable Program program; // null until it is first asked for
    private @Nullable List<ThreadId> threads; // null until it is first asked for
    private final AtomicInteger resumeEventsDue = new AtomicInteger(); // each resume of ours brings one RESUME event
    private final Map<Map.Entry<InstructionSet, Syntax>, Optional<Disassembler>> disassemblers = new HashMap<>();
    private final StopCache cache;
    private final RecordedRun recorded;
    private final Unwinding unwinding;
    private final FrameChoice frames = new FrameChoice();
    private final LoadedModules modules;
    private final InitMemory initMemory = new InitMemory(this);
    private Runnable modulesChanged = () -> {};
    private final Convenience convenience;
    private Syntax shownSyntax = Syntax.INTEL;
    private final Expressions expressions;

    /**
     * @param hasKernel whether {@code linked} will bring something
     * @param linked the kernel at its link addresses; may block, while a file is still being unpacked
     */
    Target(
            RspClient stub,
            @Nullable QmpClient qmp,
            @Nullable Machine machine,
            boolean tcg,
            Architecture architecture,
            boolean hasKernel,
            Supplier<Optional<Program>> linked,
            Convenience convenience) {
        this.stub = stub;
        this.qmp = qmp;
        this.machine = machine;
        this.tcg = tcg;
        this.architecture = architecture;
        this.hasKernel = hasKernel;
        this.linked = linked;
        this.convenience = convenience;
        this.cache = new StopCache(stub, architecture, new GuestRam(machine));
        this.recorded = new RecordedRun(this, machine);
        this.unwinding = new Unwinding(this);
        this.modules = new LoadedModules(this);
        this.expressions = new Expressions(architecture, this::findProgram);
    }

    RspClient stub() {
        return stub;
    }

    Optional<QmpClient> qmp() {
        return Optional.ofNullable(qmp);
    }

    QmpClient requireQmp(String what) {
        return qmp().orElseThrow(() ->
                new SessionException(what + " needs QMP: attach with --qmp", new SessionFailure.Unsupported("QMP")));
    }

    Optional<Machine> machine() {
        return Optional.ofNullable(machine);
    }

    /** How the QEMU of ours ended, if it has; waits for it a little, because its sockets close first. */
    Optional<String> explainEnd() {
        return machine().flatMap(Target::howEnded);
    }

    static Optional<String> howEnded(Machine ours) {
        try {
            return Optional.of(
                    Waits.on(ours.exit(), END_GRACE, "wait for QEMU's end").describe());
        } catch (SessionException e) {
            return Optional.empty(); // it lives, only the connection is lost
        }
    }

    Optional<Console> console() {
        return channels == null ? machine().map(Machine::console) : channels.console();
    }

    /** Closed with the target. */
    void reachedBy(AttachedChannels others) {
        channels = others;
        others.memory().ifPresent(ram()::reachedBy);
    }

    /** Software breakpoints everywhere, watchpoints of any size: only QEMU's own translator has them. */
    boolean isTcg() {
        return tcg;
    }

    /** Whether a watchpoint stops the guest before the access. QEMU: gdb_stop_before_watchpoint, set for all but x86. */
    boolean stopsBeforeAccess() {
        return architecture != Architecture.X86_64 && architecture != Architecture.X86_32;
    }

    Architecture architecture() {
        return architecture;
    }

    /** Symbols at their run-time places; at their link addresses while the slide is not known. Empty: no image was given. */
    Optional<Program> findProgram() {
        if (program == null) {
            program = linked.get().orElse(null);
        }
        if (program != null) {
            Program now = modules.over(program);
            if (now != program) {
                program = now;
                expressions.forget();
                modulesChanged.run();
            }
        }
        return Optional.ofNullable(program);
    }

    Program requireProgram() {
        return findProgram()
                .orElseThrow(() -> new SessionException(
                        "no kernel image is known; give one with --kernel", new SessionFailure.NoSymbol("")));
    }

    Optional<KernelImage> image() {
        return findProgram().map(Program::image);
    }

    /** C's and the kernel's. */
    Types types() {
        return expressions.types();
    }

    /** Parsed at the first use and kept. */
    Expression expression(String text) {
        return expressions.parse(text);
    }

    /** What names mean to a thread: its registers, the symbols, the convenience variables. */
    Scope scope(ThreadId thread) {
        return new TargetScope(this, thread, convenience);
    }

    String threadName(ThreadId of) {
        return Waits.on(stub.threadName(of), "read the thread's name")
                .replace("\0", "")
                .strip();
    }

    /** An address with its symbol where it has one: {@code 0xffffffff83208a90 <start_kernel+4>}. */
    String describe(long address) {
        return findProgram()
                .map(known -> known.symbolAt(address).isPresent()
                        ? "0x%x <%s>".formatted(address, known.describe(address))
                        : "0x%x".formatted(address))
                .orElseGet(() -> "0x%x".formatted(address));
    }

    /** Whether symbols are to be had: known before the kernel's file is unpacked. */
    boolean hasKernel() {
        return hasKernel;
    }

    /** A kernel that was found in the guest, where no image was given. At its link addresses. */
    void adopt(Program found) {
        hasKernel = true;
        linked = () -> Optional.of(found);
        program = found;
    }

    long slideBytes() {
        return findProgram().map(known -> known.slideBytes().orElse(0)).orElse(0L);
    }

    InitMemory initMemory() {
        return initMemory;
    }

    LoadedModules modules() {
        return modules;
    }

    RecordedRun recorded() {
        return recorded;
    }

    /** Called whenever the guest has other modules than before. */
    void whenModulesChange(Runnable listener) {
        modulesChanged = listener;
    }

    /** The kernel as a thread sees it. Throws Missing when it was built without BTF. */
    LiveKernel live(ThreadId thread) {
        Program kernel = requireProgram();
        TypeTable types = kernel.types()
                .orElseThrow(() -> new ImageException(
                        new ImageFailure.Missing(kernel.image().source(), "this kernel carries no types (BTF)")));
        return LiveKernel.of(kernel, types, memory(thread));
    }

    void slide(long slideBytes) {
        modules.forget();
        program = requireProgram().slidBy(slideBytes);
    }

    void unslide() {
        modules.forget();
        program = linked.get().orElse(null);
    }

    /** Everything read during a stop is void: the guest runs, or something wrote to it. */
    void invalidate() {
        cache.clear();
        stub.changedElsewhere();
    }

    /** The machine went back to an earlier moment. */
    void rewound() {
        cache.forget();
        recorded.moved();
        invalidate();
    }

    /** By physical address. */
    GuestRam ram() {
        return cache.ram();
    }

    /** The guest has just stopped; what the stub reads ahead of us is of this stop. */
    void stopped() {
        cache.clear();
        if (!stub.features().isQemu()) {
            threads = null; // tasks or a program's threads: they come and go; CPUs do not
        }
    }

    /** Whether time in the guest may be counted in instructions, so that each of them has to be executed by it. */
    boolean countsInstructions() {
        return machine == null
                || recorded.isEither()
                || machine.spec().findSeed().isPresent()
                || machine.spec().extra().stream().anyMatch(word -> word.contains("icount"));
    }

    RegisterFile registers(ThreadId thread) {
        return cache.registers(thread);
    }

    /** The memory as the thread sees it, a page at a time, remembered until {@link #invalidate}. */
    StopMemory memory(ThreadId thread) {
        return cache.memory(thread);
    }

    List<ThreadId> threads() {
        if (threads == null) {
            List<ThreadId> told = Waits.on(stub.threads(), "list the threads");
            threads = told.isEmpty()
                    ? List.of(new ThreadId(0, 1))
                    : told; // no operating system, as far as the stub knows
        }
        return threads;
    }

    ThreadId firstThread() {
        return threads().get(0);
    }

    void write(ThreadId thread, long address, byte[] bytes) {
        recorded.requireChangeable("write memory");
        MonitorAccess.requireStub(this);
        try {
            Waits.on(stub.writeMemory(thread, address, bytes), "write memory at 0x%x".formatted(address));
        } catch (RspException e) {
            if (e.failure() instanceof RspFailure.MemoryFault fault) {
                throw new SessionException(
                        "cannot write memory at 0x%x".formatted(fault.address()),
                        new SessionFailure.Unreadable(fault.address()),
                        e);
            }
            throw e;
        } finally {
            invalidate();
        }
    }

    /** HMP through QMP, or through the stub where there is no QMP. The text has no trailing line end. */
    String monitor(String command) {
        if (qmp != null) {
            Map<String, String> line = Map.of("command-line", command);
            return Waits.on(qmp.execute("human-monitor-command", line), "monitor " + command)
                    .text()
                    .replace("\r\n", "\n")
                    .stripTrailing();
        }
        return Waits.on(stub.monitor(command), "monitor " + command)
                .replace("\r\n", "\n")
                .stripTrailing();
    }

    /** QMP's word for the run state; empty without QMP. */
    Optional<String> runState() {
        try {
            return qmp().map(client -> Waits.on(
                            client.execute("query-status", Map.of()), Duration.ofSeconds(5), "query-status")
                    .find("status")
                    .map(value -> value.text())
                    .orElse("?"));
        } catch (QmpException e) {
            return Optional.empty();
        }
    }

    FrameChoice frames() {
        return frames;
    }

    Unwinding unwinding() {
        return unwinding;
    }

    /** Kept open from the first use on; empty where the host has no libcapstone. */
    void writeCodeAs(Syntax value) {
        shownSyntax = value;
    }

    /** The syntax that the user reads; what kdive itself reads is Intel's. */
    Syntax shownSyntax() {
        return shownSyntax;
    }

    Optional<Disassembler> disassembler(InstructionSet set, Syntax syntax) {
        return disassemblers.computeIfAbsent(Map.entry(set, syntax), key -> Disassembler.find(set, syntax));
    }

    void resuming() {
        modules.resuming();
        resumeEventsDue.incrementAndGet();
    }

    /**
     * Whether an event is no more than the echo of a resume of ours, and counts it as heard if so: each step brings two, and
     * they are not worth a turn of the session thread. Any thread.
     */
    boolean isEchoOfOurs(String event) {
        return event.equals("RESUME") && resumeEventsDue.getAndUpdate(due -> Math.max(0, due - 1)) > 0;
    }

    @Override
    public void close() {
        cache.close();
        disassemblers.values().forEach(known -> known.ifPresent(Disassembler::close));
        stub.close();
        if (machine != null) {
            machine.close();
        } else if (channels != null) {
            channels.close();
        }
    }
}
