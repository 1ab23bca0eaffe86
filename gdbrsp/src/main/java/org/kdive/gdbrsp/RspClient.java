package org.kdive.gdbrsp;

import java.net.SocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.kdive.gdbrsp.wire.NettyTransport;
import org.kdive.gdbrsp.wire.RspLink;
import org.kdive.gdbrsp.wire.RspTransport;

/**
 * One connection to a gdb stub.
 *
 * <p>All calls are safe from any thread and none blocks but {@link #connect} and {@link #close}. Calls made by one
 * thread are served in order. Futures complete on the connection's event loop: what hangs on one must not block.
 *
 * <p>While the state is RUNNING every request fails with {@link RspFailure.Running} and nothing is sent: QEMU halts the
 * guest on any byte. Only {@link #interrupt} passes, once. The state is RUNNING from the call of {@link #resume} on.
 *
 * <p>Two owners of the run state. QEMU is also stopped and resumed over QMP, and tells its stub's client nothing of a
 * resume, and since 8.1 nothing of a stop either. Whoever watches QMP says so here: {@link #stoppedElsewhere} and
 * {@link #resumedElsewhere}. A stop reply that comes nevertheless goes to {@link #onUnsolicitedStop}.
 */
public final class RspClient implements AutoCloseable {

    private final RspTransport transport;
    private final RspLink link;
    private final RunControl control;
    private final StubFeatures features;
    private final TargetDescription description;
    private final Optional<ThreadId> first;
    private final MemoryAccess memory;
    private final MemoryWriting writing;
    private final RegisterAccess registers;
    private final ThreadAccess threads;
    private final Monitor monitor;

    private RspClient(
            RspTransport transport, RspLink link, RunControl control, Handshake.Result found, RspOptions options) {
        this.transport = transport;
        this.link = link;
        this.control = control;
        this.features = found.features();
        this.description = found.description();
        this.first = Optional.ofNullable(found.first());
        this.memory = new MemoryAccess(link, features);
        this.writing = new MemoryWriting(link, features);
        this.registers = new RegisterAccess(link, description);
        this.threads = new ThreadAccess(link);
        this.monitor = new Monitor(link, features);
        if (options.registersAtStops()) {
            control.ahead().with(registers::readAll);
        }
    }

    /** Loads what the first connection needs. A cold virtual machine takes 50 ms for it, which another thread can spend. */
    public static void warmUp() {
        NettyTransport.warmUp();
        TargetXml.parse("none", "<feature name=\"none\"><reg name=\"r0\" bitsize=\"32\"/></feature>");
    }

    /**
     * Connects, over a unix socket or TCP, and shakes hands. QEMU stops a running guest when a client connects. Throws
     * RspException: Unreachable, TimedOut, or what the stub did wrong; nothing is left open then.
     */
    public static RspClient connect(SocketAddress endpoint, RspOptions options) {
        return over(NettyTransport.connect(endpoint, options.connectTimeout()), options);
    }

    /** The same over a line that is connected already. */
    static RspClient over(RspTransport transport, RspOptions options) {
        long deadline = System.nanoTime() + options.connectTimeout().toNanos();
        CompletableFuture<RspClient> opening = open(transport, options);
        try {
            return opening.get(Math.max(0, deadline - System.nanoTime()), TimeUnit.NANOSECONDS);
        } catch (InterruptedException e) {
            transport.close();
            Thread.currentThread().interrupt();
            throw new RspException("greet the stub", new RspFailure.Refused("interrupted"), e);
        } catch (ExecutionException e) {
            transport.close();
            throw RspException.from(e);
        } catch (TimeoutException e) {
            transport.close();
            throw new RspException(
                    "greet the stub at " + transport.endpoint(),
                    new RspFailure.TimedOut("the handshake (does another debugger hold it?)", options.connectTimeout()),
                    e);
        }
    }

    @SuppressWarnings("FutureReturnValueIgnored") // "opened" carries what comes of the handshake
    static CompletableFuture<RspClient> open(RspTransport transport, RspOptions options) {
        RunControl control = new RunControl();
        RspLink link = new RspLink(transport, control, options.requestDeadline(), options.interruptDeadline());
        CompletableFuture<RspClient> opened = new CompletableFuture<>();
        transport.start(link);
        boolean alive = transport.execute(() -> Handshake.run(link, options).handle((found, thrown) -> {
            if (thrown != null) {
                RspException e = RspException.from(thrown);
                link.close(e.failure());
                return opened.completeExceptionally(e);
            }
            if (found.stop() != null) {
                control.remember(found.stop());
            }
            return opened.complete(new RspClient(transport, link, control, found, options));
        }));
        if (!alive) {
            opened.completeExceptionally(new RspException("greet the stub", new RspFailure.ClosedHere()));
        }
        return opened;
    }

    public RspState state() {
        return link.state();
    }

    public StubFeatures features() {
        return features;
    }

    /** Without registers when the stub does not describe its target and the options give no fallback. */
    public TargetDescription description() {
        return description;
    }

    /** The stop the target stands at, where the stub reported one; empty while it runs. */
    public Optional<StopReply> lastStop() {
        return control.lastStop();
    }

    /** Some thread of the target, for what needs one before any stop: QEMU's first vCPU. */
    public Optional<ThreadId> firstThread() {
        return first;
    }

    /**
     * Asks {@code ?}. QEMU always answers signal 5. It and KGDB drop breakpoints when they hear it, QEMU those of one
     * vCPU only: all that were inserted here are removed before and inserted after.
     */
    public CompletableFuture<StopReply> halted() {
        return control.askWhyHalted(link);
    }

    // ---- registers and memory ----

    /** What {@code g} carries; for others ask by name with {@link #readRegister}. */
    public CompletableFuture<Registers> readRegisters(ThreadId thread) {
        return control.ahead().take(thread).orElseGet(() -> registers.readAll(thread));
    }

    /** In target order. */
    public CompletableFuture<byte[]> readRegister(ThreadId thread, Register register) {
        return registers.read(thread, register);
    }

    /** Writes all of a thread's registers, as {@link #readRegisters} gave them and {@link Registers#with} changed them. */
    public CompletableFuture<Void> writeRegisters(ThreadId thread, Registers values) {
        control.ahead().forget();
        boolean shifts = features.isQemu() && description.architecture().startsWith("i386");
        return registers.writeAll(thread, values, shifts);
    }

    /** Whether the stub joined something that ran before it, as QEMU always does; false where it started it. */
    public CompletableFuture<Boolean> isAttached() {
        return monitor.isAttached();
    }

    /**
     * By {@code P}. Under QEMU never by {@code G}: outside 64-bit mode QEMU reads another layout from G than it writes into
     * g, and every register behind is shifted (7.2 to 10.2). Stubs without P, as gdbserver, get all by G.
     *
     * @param targetOrder exactly the register's size
     */
    public CompletableFuture<Void> writeRegister(ThreadId thread, Register register, byte[] targetOrder) {
        control.ahead().forget();
        return features.isQemu()
                ? registers.write(thread, register, targetOrder)
                : registers.writeSomehow(thread, register, targetOrder);
    }

    /**
     * Memory as {@code thread} sees it, any length. Fails with {@link RspFailure.MemoryFault} at the first address that
     * cannot be read. Cancelling the future keeps what is not yet sent from being sent.
     */
    public CompletableFuture<byte[]> readMemory(ThreadId thread, long address, int length) {
        return memory.read(thread, address, length);
    }

    /** What of a range can be read, in order, neighbours joined. Holes are whole packets: 2 KiB or a page. */
    public CompletableFuture<List<MemoryPiece>> readReadableMemory(ThreadId thread, long address, int length) {
        return memory.readPieces(thread, address, length);
    }

    /** By {@code M}; QEMU writes ROM too. On a fault what lies before it has been written. */
    public CompletableFuture<Void> writeMemory(ThreadId thread, long address, byte[] data) {
        return writing.write(thread, address, data);
    }

    /** By physical address; only where {@link StubFeatures#physicalMemory}. QEMU reads 0 where nothing is. */
    public CompletableFuture<byte[]> readPhysicalMemory(long address, int length) {
        return memory.readPhysical(address, length);
    }

    // ---- stoppoints and running ----

    // what OpenOCD and its like want to know of a breakpoint, and QEMU does not
    private Stoppoint fitting(Stoppoint stoppoint) {
        return features.isQemu() ? stoppoint : stoppoint.in(description);
    }

    /** Holds for all threads. QEMU counts: what is inserted twice must be removed twice. */
    public CompletableFuture<Void> insert(Stoppoint stoppoint) {
        return control.insert(link, fitting(stoppoint));
    }

    public CompletableFuture<Void> remove(Stoppoint stoppoint) {
        return control.remove(link, fitting(stoppoint));
    }

    /**
     * Completes at the stop. QEMU does not step over its own breakpoints: continuing at one stops there again. Fails
     * with TimedOut when an interrupt brought no stop reply in time; the state is RUNNING still, and
     * {@link #stoppedElsewhere} or a late stop reply ends that.
     */
    public CompletableFuture<StopReply> resume(Resume how) {
        return control.resume(link, features, how);
    }

    /** Asks a running target to stop: one 0x03 per running period, nothing when halted. The resume's future answers. */
    public void interrupt() {
        link.interrupt();
    }

    /**
     * The target is known to have stopped since the last resume (QMP's STOP, where the RESUME before it was of this
     * running period). A pending resume completes with {@link StopReply.NotReported}; the state is HALTED.
     */
    public void stoppedElsewhere() {
        link.stoppedElsewhere();
    }

    /** The target is known to run though not resumed here (QMP's RESUME). The state is RUNNING; requests are refused. */
    public void resumedElsewhere() {
        link.resumedElsewhere();
    }

    /** The halted target is known to have been changed by others, as by a snapshot loaded over QMP. */
    public void changedElsewhere() {
        control.ahead().forget();
    }

    /** Stop replies that end no resume: QEMU before 8.1 sends them when somebody else stops the guest. On the loop. */
    public void onUnsolicitedStop(Consumer<StopReply> listener) {
        control.onStop(listener);
    }

    /** Text of the target, {@code O} packets, that is not a monitor command's. On the loop. */
    public void onOutput(Consumer<byte[]> listener) {
        control.onOutput(listener);
    }

    // ---- threads ----

    public CompletableFuture<List<ThreadId>> threads() {
        return threads.list();
    }

    /** What the stub calls it: {@code CPU#0 [running]} in QEMU, a task's name in KGDB; empty where it names none. */
    public CompletableFuture<String> threadName(ThreadId thread) {
        return threads.name(thread);
    }

    public CompletableFuture<Boolean> isAlive(ThreadId thread) {
        return threads.isAlive(thread);
    }

    // ---- the rest ----

    /**
     * One command of the stub's own monitor; QEMU's HMP. {@code cont} is refused: the guest would run and this client
     * would not know, so that its next packet halted it. Resume with {@link #resume}.
     */
    public CompletableFuture<String> monitor(String command) {
        control.ahead().forget();
        return monitor.command(command);
    }

    /** QEMU's stepping bits: 1 step, 2 mask interrupts, 4 stop timers while stepping. */
    public CompletableFuture<Integer> stepBits() {
        return monitor.stepBits();
    }

    public CompletableFuture<Void> setStepBits(int bits) {
        return monitor.setStepBits(bits);
    }

    /**
     * Lets the target go: QEMU drops all stoppoints and resumes. Then the connection is closed at once, whatever the
     * answer: QEMU dies of the next packet (7.2 to 10.2), and one byte more would stop the guest.
     */
    public CompletableFuture<Void> detach() {
        return LastWords.detach(link, first);
    }

    /** Ends the target: QEMU 7.2 exits, 8.2 and later ask for a shutdown; KGDB takes it for a continue. Then closes. */
    public CompletableFuture<Void> kill() {
        return LastWords.kill(link);
    }

    /** Completes with the first failure of the connection, which is what everybody still waiting was given. */
    public CompletableFuture<RspFailure> closed() {
        return control.closed().copy();
    }

    /** Closes the connection and sends nothing: a QEMU that runs runs on, one that is halted stays so. */
    @Override
    public void close() {
        link.close(new RspFailure.ClosedHere());
        transport.close();
        transport.awaitClosed();
    }
}
