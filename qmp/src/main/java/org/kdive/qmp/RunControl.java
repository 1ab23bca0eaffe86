package org.kdive.qmp;

import java.util.Map;
import java.util.OptionalInt;

/** The commands that start, stop and ask after the whole machine. QEMU qapi/run-state.json, control.json, misc.json. */
public final class RunControl {
    private RunControl() {}

    /** {@code status} is QAPI's RunState: running, paused, debug, prelaunch, restore-vm, guest-panicked, shutdown... */
    public record RunStatus(String status, boolean running) {}

    /** A command whose answer is the empty object. */
    public interface Plain extends QmpCommand<QmpValue> {
        @Override
        default QmpValue read(QmpValue reply) {
            return reply;
        }
    }

    public record QueryStatus() implements QmpCommand<RunStatus> {
        @Override
        public String name() {
            return "query-status";
        }

        @Override
        public RunStatus read(QmpValue reply) {
            return new RunStatus(reply.text("status"), reply.flag("running"));
        }
    }

    /** The greeting's version again; the capabilities are empty. */
    public record QueryVersion() implements QmpCommand<QmpGreeting> {
        @Override
        public String name() {
            return "query-version";
        }

        @Override
        public QmpGreeting read(QmpValue reply) {
            return QmpGreeting.read(reply);
        }
    }

    /** The event STOP follows, unless it was stopped already. */
    public record Stop() implements Plain {
        @Override
        public String name() {
            return "stop";
        }
    }

    /** The event RESUME follows. Refused after a shutdown or an internal error until a reset. */
    public record Cont() implements Plain {
        @Override
        public String name() {
            return "cont";
        }
    }

    /** One RESET event on a stopped machine; SeaBIOS makes a second one on a running PC (QEMU 7.2). */
    public record SystemReset() implements Plain {
        @Override
        public String name() {
            return "system_reset";
        }
    }

    /** Presses the power button: POWERDOWN at once, the rest is up to the guest. */
    public record SystemPowerdown() implements Plain {
        @Override
        public String name() {
            return "system_powerdown";
        }
    }

    /** Ends QEMU; the answer may be the last thing that comes. */
    public record Quit() implements Plain {
        @Override
        public String name() {
            return "quit";
        }
    }

    /**
     * A line for QEMU's human monitor, and the text it prints with \n for line ends. Its errors are in that text.
     * The CPU is the one that per-CPU lines such as "info registers" look at.
     */
    public record HumanMonitor(String line, OptionalInt cpuIndex) implements QmpCommand<String> {
        public HumanMonitor(String line) {
            this(line, OptionalInt.empty());
        }

        @Override
        public String name() {
            return "human-monitor-command";
        }

        @Override
        public Map<String, ?> arguments() {
            return QmpArguments.with("command-line", line)
                    .and("cpu-index", cpuIndex)
                    .map();
        }

        @Override
        public String read(QmpValue reply) {
            return reply.text().replace("\r\n", "\n");
        }
    }

    /** Everything this QEMU's QMP can do, as it comes: about 1000 entries, 200 KB. */
    public record QueryQmpSchema() implements Plain {
        @Override
        public String name() {
            return "query-qmp-schema";
        }
    }
}
