package org.kdive.session;

import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.KgdbLine;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.RspOptions;
import org.kdive.gdbrsp.RspState;
import org.kdive.machine.Console;
import org.kdive.machine.ForeignMemory;
import org.kdive.machine.GuestMemory;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpValue;

/**
 * The ways to a machine that somebody else started. Over KGDB the monitor is asked for BREAKs and nothing else: KGDB stops
 * the kernel, and what QEMU says of the machine is not what the kernel does.
 */
final class AttachedChannels implements AutoCloseable {
    private static final Duration CONNECT = Duration.ofSeconds(10);
    private static final byte[] SYSRQ = "echo g > /proc/sysrq-trigger\n".getBytes(StandardCharsets.US_ASCII);

    private final @Nullable QmpClient qmp; // null: none was given
    private final @Nullable SocketAddress monitorAt; // null: the same
    private final boolean kgdb;
    private @Nullable MonitorAccess access; // null unless the monitor is all there is
    private @Nullable AttachedConsole console; // null: none was given
    private @Nullable RspClient stub; // null until connected
    private boolean running = true;

    private AttachedChannels(@Nullable QmpClient qmp, @Nullable SocketAddress monitorAt, boolean kgdb) {
        this.qmp = qmp;
        this.monitorAt = monitorAt;
        this.kgdb = kgdb;
    }

    static AttachedChannels open(AttachPlan plan, RspOptions options) {
        QmpClient qmp = plan.qmp() == null ? null : QmpClient.connect(plan.qmp(), CONNECT);
        AttachedChannels channels = new AttachedChannels(qmp, plan.qmp(), plan.way() == AttachPlan.Way.KGDB);
        try {
            // asked first: the stub stops the guest
            channels.running = channels.kgdb || qmp == null || isRunning(qmp);
            if (plan.console() != null) {
                channels.console = AttachedConsole.of(plan.console());
            }
            channels.stub = channels.reach(plan, options);
            return channels;
        } catch (RuntimeException e) {
            channels.close();
            throw e;
        }
    }

    private static boolean isRunning(QmpClient qmp) {
        return Waits.on(qmp.execute("query-status", Map.of()), "query-status").flag("running");
    }

    private RspClient reach(AttachPlan plan, RspOptions options) {
        SocketAddress gdb = plan.gdb();
        if (gdb != null) {
            return kgdb ? kgdb(gdb, options) : RspClient.connect(gdb, options);
        }
        QmpClient monitor = Objects.requireNonNull(qmp);
        MonitorAccess opened =
                plan.way() == AttachPlan.Way.MONITOR ? MonitorAccess.look(monitor) : MonitorAccess.startStub(monitor);
        access = opened;
        return RspClient.connect(opened.endpoint(), options);
    }

    private RspClient kgdb(SocketAddress line, RspOptions options) {
        AtomicReference<@Nullable KgdbLine> opened = new AtomicReference<>();
        AttachedConsole shared = console == null ? AttachedConsole.shared(text -> type(opened, text)) : console;
        console = shared;
        Supplier<CompletableFuture<?>> sendBreak = () -> sendBreak(line, opened);
        KgdbLine kgdbLine = KgdbLine.open(line, CONNECT, sendBreak, shared::heard);
        opened.set(kgdbLine);
        try {
            return kgdbLine.connect(options);
        } catch (RspException e) {
            throw e.failure() instanceof RspFailure.TimedOut
                    ? new SessionException(
                            "the kernel on %s did not enter KGDB: it needs CONFIG_KGDB_SERIAL_CONSOLE, kgdboc= for this line, and%s"
                                    .formatted(
                                            AttachPlan.spelled(line),
                                            qmp == null
                                                    ? " a root shell on it, or --qmp for a BREAK"
                                                    : " its console on it for a BREAK to be heard"),
                            new SessionFailure.TimedOut(options.connectTimeout()),
                            e)
                    : e;
        }
    }

    // a kernel that KGDB holds would take it for packets
    private void type(AtomicReference<@Nullable KgdbLine> opened, byte[] text) {
        KgdbLine line = opened.get();
        RspClient client = stub;
        if (line != null && client != null && client.state() == RspState.RUNNING) {
            line.type(text);
        }
    }

    /** By the monitor, which knows the line by a name; without it by a shell on the line, for want of better. */
    private CompletableFuture<?> sendBreak(SocketAddress line, AtomicReference<@Nullable KgdbLine> opened) {
        if (qmp == null) {
            KgdbLine known = opened.get();
            if (known != null) {
                known.type(SYSRQ);
            }
            return new CompletableFuture<>(); // the line that was typed has its own g
        }
        return qmp.execute("query-chardev", Map.of())
                .thenCompose(all -> qmp.execute("chardev-send-break", Map.of("id", label(all.list(), line))));
    }

    // {"label": "serial0", "filename": "unix:/path,server=on"}; connected TCP has both ends in the name
    static String label(List<QmpValue> devices, SocketAddress line) {
        String end = line instanceof UnixDomainSocketAddress unix
                ? unix.getPath().toString()
                : line instanceof InetSocketAddress inet ? ":" + inet.getPort() : line.toString();
        Pattern here = Pattern.compile(Pattern.quote(end) + "(?![\\w.])");
        return devices.stream()
                .filter(device -> device.find("filename")
                        .map(name -> here.matcher(name.text()).find())
                        .orElse(false))
                .flatMap(device -> device.find("label").stream())
                .map(QmpValue::text)
                .findFirst()
                .orElse("serial0");
    }

    RspClient stub() {
        RspClient known = stub;
        if (known == null) {
            throw new IllegalStateException("no stub");
        }
        return known;
    }

    /** Whether the guest ran before it was stopped by us. */
    boolean foundRunning() {
        return running;
    }

    /** For the state of the machine; null where the stub is not QEMU's. */
    @Nullable
    QmpClient monitor() {
        return kgdb ? null : qmp;
    }

    /** The guest's RAM in the QEMU that has it, where that can be found through its monitor's socket. */
    Optional<Supplier<GuestMemory>> memory() {
        QmpClient monitor = monitor();
        return monitor != null && monitorAt instanceof UnixDomainSocketAddress unix
                ? Optional.of(() -> ForeignMemory.open(monitor, unix.getPath()))
                : Optional.empty();
    }

    Optional<Console> console() {
        return Optional.ofNullable(console).map(AttachedConsole::console);
    }

    /** What the user should know of the way, if it is not the usual one. */
    Optional<String> remark() {
        if (access != null) {
            return Optional.of(access.remark());
        }
        return console != null && console.isDeaf()
                ? Optional.of("the console is a file: it is shown and searched, and what is sent to it is dropped")
                : Optional.empty();
    }

    @Override
    public void close() {
        if (stub != null) {
            stub.close();
        }
        if (access != null) {
            access.close();
        }
        if (console != null) {
            console.close();
        }
        if (qmp != null) {
            qmp.close();
        }
    }
}
