package org.kdive.session;

import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.RspOptions;
import org.kdive.gdbrsp.RspState;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.machine.Accelerator;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineException;
import org.kdive.machine.MachineExit;
import org.kdive.machine.MachineFailure;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/** One target from boot or attach to its end: what belongs together and dies together. Session thread. */
final class Engagement implements AutoCloseable {
    // why it stopped is inferred from the registers: they are asked for with the first byte of the stop
    private static final RspOptions STUB = RspOptions.defaults().withRegistersAtStops(true);
    private static final Duration BOOT_DEADLINE = Duration.ofSeconds(30);
    private static final Duration STUB_GRACE = Duration.ofSeconds(2); // QEMU's sockets close before its end is known
    private static final String STUB_LOST =
            "QEMU lives, but its gdb stub was taken away (gdbserver none in another monitor?); boot starts another machine";
    private static final Set<String> RUN_STATE_EVENTS = Set.of(
            "STOP", "RESUME", "RESET", "SHUTDOWN", "GUEST_PANICKED", "WATCHDOG", "POWERDOWN", "JOB_STATUS_CHANGE");

    private final Target target;
    private final SlideSearch slide;
    private final Locations locations;
    private final Placement placement;
    private final RunControl control;
    private final Stepper stepper;
    private final Hypervisor hypervisor;
    private final Checkpoints checkpoints;
    private final AccidentDesk accidents;
    private final KernelFinder finder;
    private final History history;
    private final @Nullable BootPlan plan; // null: attached
    private boolean foundRunning = true; // somebody else's guest, before the stub stopped it

    private Engagement(Target target, @Nullable BootPlan plan, Workbench bench) {
        this.plan = plan;
        Breakpoints breakpoints = bench.breakpoints();
        this.target = target;
        this.slide = new SlideSearch(target, bench.notices());
        this.locations = new Locations(target, slide);
        this.placement = new Placement(target, breakpoints, locations, slide, bench.notices());
        this.control = new RunControl(target, slide, bench);
        this.stepper = new Stepper(control, target, locations);
        this.hypervisor = new Hypervisor(target, control, slide, bench);
        this.checkpoints = new Checkpoints(target, control, slide, bench);
        this.accidents = new AccidentDesk(target, control, checkpoints, bench);
        this.finder = new KernelFinder(target, slide, bench.notices());
        this.history = new History(target, control, slide, breakpoints);
        control.whenAccident(accidents::stopped);
        slide.whenChanged(placement::symbolsMoved);
        target.whenModulesChange(placement::modulesChanged);
        target.initMemory().whenFreed(placement::initMemoryFreed);
    }

    static Engagement boot(BootPlan plan, Workbench bench) {
        return of(plan, Machine.boot(plan.spec(), plan.bundle(), BOOT_DEADLINE), bench);
    }

    /** With a machine that is up; it ends when this fails. */
    static Engagement of(BootPlan plan, Machine machine, Workbench bench) {
        try {
            RspClient stub = RspClient.connect(machine.gdb(), STUB);
            boolean tcg = plan.spec().accelerator() == Accelerator.TCG;
            Target target = new Target(
                    stub,
                    machine.qmp(),
                    machine,
                    tcg,
                    plan.architecture(),
                    plan.hasKernel(),
                    plan.kernel(),
                    bench.convenience());
            Engagement engagement = new Engagement(target, plan, bench);
            engagement.listen(machine.qmp());
            var unused =
                    machine.exit().thenAccept(exit -> engagement.control.post(new Happening.Gone(exit.describe())));
            var unusedEither = stub.closed()
                    .thenCompose(failure -> machine.exit()
                            .thenApply(MachineExit::describe)
                            .completeOnTimeout(STUB_LOST, STUB_GRACE.toMillis(), TimeUnit.MILLISECONDS))
                    .thenAccept(how -> engagement.control.post(new Happening.Gone(how)));
            engagement.begin(plan.firstStop());
            engagement.mountShares(machine);
            return engagement;
        } catch (RuntimeException e) {
            Optional<String> end = isDisconnection(e) ? Target.howEnded(machine) : Optional.empty();
            machine.close();
            throw explained(end, e);
        }
    }

    static Engagement attach(AttachPlan plan, Workbench bench) {
        AttachedChannels channels = AttachedChannels.open(plan, STUB);
        Engagement engagement = null;
        try {
            RspClient stub = channels.stub();
            QmpClient qmp = channels.monitor();
            Target target = new Target(
                    stub,
                    qmp,
                    null,
                    Architectures.isTcg(stub, qmp),
                    Architectures.of(stub.description()),
                    plan.hasKernel(),
                    plan.kernel(),
                    bench.convenience());
            target.reachedBy(channels);
            channels.remark().ifPresent(words -> bench.notices().notice("%s", words));
            engagement = new Engagement(target, null, bench);
            engagement.hypervisor.consoleAt(plan.console());
            engagement.join(channels.foundRunning());
            target.ram().remark().ifPresent(words -> bench.notices().notice("%s", words));
            return engagement;
        } catch (RuntimeException e) {
            if (engagement != null) {
                engagement.close(); // refused: the guest goes on as it was found
            } else {
                channels.close();
            }
            throw e;
        }
    }

    private void join(boolean running) {
        foundRunning = running;
        target.qmp().ifPresent(this::listen);
        var unused = target.stub().closed().thenAccept(failure -> control.post(new Happening.Gone(failure.says())));
        begin(new Cause.Attached());
        finder.look(control.requireStop().thread());
        placement.symbolsMoved();
    }

    private void listen(QmpClient qmp) {
        qmp.subscribe(
                event -> RUN_STATE_EVENTS.contains(event.name())
                        && !target.recorded().isTravelling()
                        && !target.isEchoOfOurs(event.name())
                        && !control.attention().takesLightly(event.name()),
                event -> control.post(new Happening.Qmp(event)));
    }

    // a reset ends what was mounted
    private void mountShares(Machine machine) {
        ShareMounts mounts = hypervisor.mounts();
        mounts.begin(machine.shares().list());
        machine.qmp()
                .subscribe(
                        event -> event.name().equals("RESET"),
                        event -> control.post(new Happening.Errand(
                                () -> mounts.begin(machine.shares().list()))));
    }

    private void begin(Cause cause) {
        ThreadId first =
                target.stub().lastStop().flatMap(reply -> reply.thread()).orElseGet(target::firstThread);
        control.stoppedBy(cause, first);
        boolean mayBeUp = cause instanceof Cause.Attached || cause instanceof Cause.NoMoreHistory;
        slide.begin(mayBeUp ? Optional.of(first) : Optional.empty());
        placement.symbolsMoved();
    }

    Target target() {
        return target;
    }

    /** How it was booted; empty for what somebody else started. */
    Optional<BootPlan> plan() {
        return Optional.ofNullable(plan);
    }

    Standing standing() {
        return new Standing(target, slide, control.planting());
    }

    SlideSearch slide() {
        return slide;
    }

    Locations locations() {
        return locations;
    }

    Placement placement() {
        return placement;
    }

    RunControl control() {
        return control;
    }

    Stepper stepper() {
        return stepper;
    }

    Hypervisor hypervisor() {
        return hypervisor;
    }

    Checkpoints checkpoints() {
        return checkpoints;
    }

    AccidentDesk accidents() {
        return accidents;
    }

    History history() {
        return history;
    }

    ThreadId currentThread() {
        return control.requireStop().thread();
    }

    /** A connection breaks before the end of its peer is reported, and the peer's end is what happened. */
    RuntimeException explained(RuntimeException e) {
        if (!isDisconnection(e)) {
            boolean alive = target.machine().isPresent() && target.stub().state() != RspState.CLOSED;
            return alive && Lateness.is(e) ? Lateness.of(e) : e;
        }
        Optional<String> end = target.explainEnd();
        end.ifPresent(control::end);
        return explained(end, e);
    }

    private static RuntimeException explained(Optional<String> end, RuntimeException e) {
        return end.<RuntimeException>map(how -> new SessionException(how, new SessionFailure.TargetGone(how), e))
                .orElse(e);
    }

    private static boolean isDisconnection(RuntimeException e) {
        return e instanceof RspException stub && stub.failure() instanceof RspFailure.Disconnected
                || e instanceof QmpException monitor && monitor.failure() instanceof QmpFailure.Disconnected
                || e instanceof MachineException machine && machine.failure() instanceof MachineFailure.ConsoleClosed;
    }

    /** Ends a machine of ours; leaves another's as it was found, running or not, without our breakpoints. */
    @Override
    public void close() {
        hypervisor.mounts().close();
        checkpoints.leave();
        control.leave(foundRunning);
        target.close();
    }
}
