package org.kdive.session;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.arch.Syntax;
import org.kdive.images.types.Type;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineBundle;
import org.kdive.machine.MachineException;
import org.kdive.qmp.QmpException;
import org.kdive.session.expression.Expression;
import org.kdive.session.expression.Scope;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;

/**
 * The facade every front end uses: one target at a time, its breakpoints, its run state and the stop everybody looks at.
 * Confined to the session thread; {@link #call} gets there. {@link #interrupt}, {@link #listen} and {@link #isRunning} are
 * for any thread.
 */
public final class Session implements AutoCloseable {
    private final SessionThread thread = new SessionThread();
    private final Notices notices = new Notices();
    private final Breakpoints breakpoints = new Breakpoints();
    private final Convenience convenience = new Convenience();
    private final BareScope bare = new BareScope(convenience);
    private final ConsoleDesk console = new ConsoleDesk(notices);
    private volatile @Nullable Engagement engagement; // null: nothing is booted or attached
    private volatile boolean cancelled;
    private final Scheduling scheduling = new Scheduling();
    private final Vigil vigil = new Vigil();
    private Syntax syntax = Syntax.INTEL;

    private Session() {}

    /** A session with no target yet; its thread runs. */
    public static Session open() {
        return new Session();
    }

    /** Runs the work on the session thread and waits for its end; what it throws comes out here as it is. */
    public <T> T call(Supplier<T> work) {
        return thread.call(() -> {
            cancelled = false;
            try {
                return work.get();
            } catch (RspException | QmpException | MachineException | SessionException e) {
                Engagement current = engagement;
                throw current == null ? e : recorder().explained(current, e);
            }
        });
    }

    /** Ctrl-C: stops a running guest, and ends whatever a command is doing. Any thread; never blocks. */
    public void interrupt() {
        cancelled = true;
        console.cancel();
        Engagement current = engagement;
        if (current != null) {
            current.control().interrupt();
        }
    }

    /** Long work asks between its pieces; throws Interrupted after a Ctrl-C. */
    public void checkInterrupt() {
        if (cancelled) {
            throw new SessionException("interrupted", new SessionFailure.Interrupted());
        }
    }

    /** Until the returned handle is closed. Any thread. */
    public AutoCloseable listen(SessionListener listener) {
        return notices.add(listener);
    }

    /** Whether a guest runs just now. Any thread; out of date as soon as it is known. */
    public boolean isRunning() {
        Engagement current = engagement;
        return current != null && current.control().state() instanceof Running;
    }

    /** Boots a machine, ending the present one; its first stop is before the first instruction. */
    public Stop boot(BootPlan plan) {
        kill();
        Stop first = engage(Engagement.boot(plan, bench()));
        plan.serials().forEach(name -> console.add(name, hypervisor()));
        return plan.bundle() == null ? first : open(require(), plan.bundle());
    }

    // the lines are there already: their state is in it
    private Stop open(Engagement begun, MachineBundle bundle) {
        try {
            return begun.checkpoints().open(bundle);
        } catch (RuntimeException e) {
            RuntimeException told = begun.explained(e);
            kill();
            throw told;
        }
    }

    /** With a machine that is up, ending the present one. */
    Stop boot(BootPlan plan, Machine machine) {
        kill();
        return engage(Engagement.of(plan, machine, bench()));
    }

    /** Joins a machine that somebody else started; the guest is stopped by it. */
    public Stop attach(AttachPlan plan) {
        kill();
        return engage(Engagement.attach(plan, bench()));
    }

    private Workbench bench() {
        return new Workbench(breakpoints, convenience, thread, notices, scheduling, vigil, console);
    }

    private Stop engage(Engagement begun) {
        engagement = begun;
        boolean replayed = begun.target().recorded().isReplay();
        begun.target().console().ifPresent(line -> console.watch(line, replayed, begun.accidents()::heard));
        begun.target().writeCodeAs(syntax);
        return begun.control().requireStop();
    }

    /** Ends the machine, or leaves one that is not ours. Nothing happens when there is none. */
    public void kill() {
        Engagement current = engagement;
        engagement = null;
        console.unwatch();
        if (current != null) {
            current.close();
        }
    }

    public SessionState state() {
        Engagement current = engagement;
        return current == null ? new SessionState.Idle() : current.control().state();
    }

    /** The present stop; throws NoTarget, GuestRunning or TargetGone. */
    public Stop requireStop() {
        return require().control().requireStop();
    }

    /** The present run; throws when the guest is stopped. */
    public Running requireRunning() {
        if (require().control().state() instanceof Running running) {
            return running;
        }
        throw new SessionException("the guest is not running", new SessionFailure.Usage("continue &"));
    }

    /** Lets the guest run. */
    public Running resume() {
        return require().control().resume(Goal.run());
    }

    /** Who runs when the guest is resumed. */
    public Scheduling scheduling() {
        return scheduling;
    }

    /** Which misfortunes of the kernel stop it. */
    public Vigil vigil() {
        return vigil;
    }

    /** Whether a step may fall into an interrupt. Throws Unsupported where the stub has no choice; then nothing has changed. */
    public void stepInterrupts(boolean value) {
        boolean before = scheduling.stepInterrupts();
        scheduling.stepInterrupts(value);
        Engagement current = engagement;
        try {
            if (current != null) {
                current.control().chooseStepInterrupts();
            }
        } catch (RuntimeException e) {
            scheduling.stepInterrupts(before);
            throw e;
        }
    }

    /** Steps, nexts, finishes, untils. */
    public Stepper stepper() {
        return require().stepper();
    }

    /** Makes another thread the current one. */
    public Stop select(ThreadId other) {
        return require().control().select(other);
    }

    public Breakpoints breakpoints() {
        return breakpoints;
    }

    /**
     * Throws NoSymbol and Usage, with a caret for a condition that makes no sense. Pending when the kernel has not chosen its
     * place yet, and while nothing is booted: then nothing can be said of it either.
     */
    public Breakpoint place(BreakpointSpec spec) {
        Engagement current = engagement;
        return announced(
                current == null
                        ? breakpoints.add(spec, List.of())
                        : current.placement().set(spec, current.currentThread()));
    }

    private Breakpoint announced(Breakpoint added) {
        define("bpnum", added.number());
        return added;
    }

    /** Watches what an expression names, or the memory at the address that it is; as long as its type if no length is given. */
    public Breakpoint watch(BreakpointSpec wanted, OptionalLong lengthBytes) {
        Engagement current = require();
        return announced(current.placement().watch(wanted, lengthBytes, current.currentThread()));
    }

    /** How breakpoints hold in the machine; empty while nothing is booted. */
    public Optional<Standing> standing() {
        return Optional.ofNullable(engagement).map(Engagement::standing);
    }

    /** Another condition, or none. Throws as {@link #place}. */
    public void condition(int number, @Nullable String expression) {
        Engagement current = engagement;
        if (current == null) {
            breakpoints.condition(number, expression);
        } else {
            current.placement().condition(number, expression, current.currentThread());
        }
    }

    /** Run-time addresses of a location; empty while they are not known. */
    public List<Long> resolve(String location) {
        Engagement current = require();
        return current.locations().resolve(location, current.currentThread());
    }

    /** Throws Usage with a caret, NoSymbol, NoRegister or the memory's fault. Numbers need no target. */
    public Value evaluate(String expression) {
        return parse(expression).evaluate(scope());
    }

    private Scope scope() {
        Engagement current = engagement;
        return current == null ? bare : current.target().scope(current.currentThread());
    }

    /** The type that an expression names, or that its value would have; nothing is written. Throws as {@link #evaluate}. */
    public Type typeOf(String expression) {
        Optional<Program> unused = program(); // the modules that are there now bring types of their own
        return parse(expression).type(scope());
    }

    /** Throws Usage with a caret, and NoSymbol for types that the kernel does not have. */
    public Expression parse(String expression) {
        Engagement current = engagement;
        return current == null
                ? Expression.parse(expression, bare.types())
                : current.target().expression(expression);
    }

    /** C's types and the kernel's. */
    public Types types() {
        Engagement current = engagement;
        return current == null ? bare.types() : current.target().types();
    }

    /** How x86 code is written from now on. */
    public void writeCodeAs(Syntax value) {
        syntax = value;
        Engagement current = engagement;
        if (current != null) {
            current.target().writeCodeAs(value);
        }
    }

    public Syntax codeSyntax() {
        return syntax;
    }

    /** Sets a convenience variable. */
    public void define(String name, long value) {
        convenience.define(name, value, scope());
    }

    /** Convenience variables by name, and what was remembered by number. */
    public Map<String, Value> variables() {
        return convenience.all();
    }

    /** What the stub calls a thread: {@code CPU#0 [running]}. */
    public String threadName(ThreadId of) {
        return require().target().threadName(of);
    }

    /** Keeps a value as {@code $N}, the next N; {@code $} is the last. */
    public int remember(Value value) {
        return convenience.remember(value);
    }

    /** What the current thread sees; without a target there is nothing at any address. Throws GuestRunning. */
    public Memory memory() {
        return engagement == null
                ? (address, length) -> {
                    throw Value.unreadable(address, null);
                }
                : requireStop().memory();
    }

    /** An address with its symbol where it has one. */
    public String describe(long address) {
        Engagement current = engagement;
        return current == null ? "0x%x".formatted(address) : current.target().describe(address);
    }

    /** Symbols; empty without a kernel image. */
    public Optional<Program> program() {
        Engagement current = engagement;
        return current == null ? Optional.empty() : current.target().findProgram();
    }

    /** The KASLR slide and how it was found; a line for each further way that says so. */
    public String explainSlide() {
        return String.join("\n", require().slide().explainAll());
    }

    /** The machine behind the stop: monitor, QMP, snapshots, shares. */
    public Hypervisor hypervisor() {
        return require().hypervisor();
    }

    /** The moments that can be gone back to. */
    public Checkpoints checkpoints() {
        return require().checkpoints();
    }

    /** A replay's past and future. */
    public History history() {
        return require().history();
    }

    /** Makes recordings, and goes to their replay. */
    public Recorder recorder() {
        return new Recorder(this, notices);
    }

    /** The guest's serial line. */
    public ConsoleDesk console() {
        return console;
    }

    /** What is waited for: words on the console, events of QEMU. */
    public Expectations expectations() {
        return new Expectations(this, require().control(), console, notices);
    }

    /** What is debugged, for the tests of this package. */
    Target target() {
        return require().target();
    }

    /** Any thread. */
    Optional<Engagement> engaged() {
        return Optional.ofNullable(engagement);
    }

    Engagement require() {
        Engagement current = engagement;
        if (current == null) {
            throw RunState.noTarget();
        }
        return current;
    }

    /** Ends the machine and the thread. Twice is once. */
    @Override
    public void close() {
        thread.last(this::kill);
        thread.close();
    }
}
