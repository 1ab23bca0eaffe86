package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.LogRecord;
import org.kdive.images.linux.Module;
import org.kdive.images.linux.Modules;
import org.kdive.images.linux.PerCpu;
import org.kdive.images.linux.Printk;
import org.kdive.images.linux.Proc;
import org.kdive.images.linux.Task;
import org.kdive.images.linux.Tasks;
import org.kdive.images.types.Type;
import org.kdive.images.types.Variable;
import org.kdive.session.GuestKernel;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** What the guest's kernel holds: second words of {@code info}, and the same under the names of the kernel's gdb scripts. */
final class KernelVerbs {
    private static final Pattern TASK_NAME = Pattern.compile("[\\w:/.-]*"); // kworker/0:1

    private KernelVerbs() {}

    /** For {@code info}. */
    static List<Command> words() {
        return List.of(
                tasks("tasks", "lx-ps"),
                modules("modules", "lx-lsmod", "sharedlibrary"),
                log("dmesg", "lx-dmesg"),
                version("version", "lx-version"),
                cmdline("cmdline", "lx-cmdline"),
                perCpu("percpu"),
                AccidentView.verb());
    }

    /** Verbs of their own. */
    static List<Command> all() {
        return List.of(
                tasks("lx-ps"),
                modules("lx-lsmod"),
                log("dmesg", "lx-dmesg"),
                version("lx-version"),
                cmdline("lx-cmdline"));
    }

    private static Command.Builder named(String name, String... aliases) {
        return Command.named(name, aliases).topic(Topic.DATA);
    }

    private static String usage(String name) {
        return name.contains("-") ? name : "info " + name;
    }

    private static void lost(String why, Output output) {
        if (!why.isEmpty()) {
            output.line("(there may be more: %s)", why);
        }
    }

    private static Command tasks(String name, String... aliases) {
        return named(name, aliases)
                .usage(usage(name))
                .summary("the tasks of the guest, as ps shows them; * marks those that run now")
                .help("backtrace task PID tells what one of them does.")
                .runs((session, arguments, output) -> {
                    GuestKernel kernel = session.requireStop().kernel();
                    Tasks tasks = Tasks.of(kernel.live());
                    List<Task> current = session.requireStop().threads().stream()
                            .flatMap(cpu -> kernel.current(cpu).stream())
                            .toList();
                    // the idle tasks of all CPUs but the first are in no list
                    Set<Long> listed = tasks.all().stream().map(Task::address).collect(Collectors.toSet());
                    List<Task> all = new ArrayList<>(tasks.all());
                    all.addAll(
                            1,
                            current.stream()
                                    .filter(task -> !listed.contains(task.address()))
                                    .toList());
                    output.line("  %-18s %6s %6s %6s %1s %3s %s", "TASK", "PID", "TGID", "PPID", "S", "CPU", "COMM");
                    for (Task task : all) {
                        session.checkInterrupt();
                        boolean runs = current.stream().anyMatch(one -> one.address() == task.address());
                        output.line("%s %s", runs ? "*" : " ", task(task, output));
                    }
                    lost(tasks.lost(), output);
                });
    }

    private static String task(Task task, Output output) {
        String comm = GuestText.plain(task.comm());
        return "%s %6d %6d %6d %c %3s %s"
                .formatted(
                        output.styled(Output.Style.ADDRESS, "0x%016x".formatted(task.address())),
                        task.pid(),
                        task.tgid(),
                        task.parentPid(),
                        task.state(),
                        cpu(task.cpu()),
                        task.isKernelThread() || task.pid() == 0 ? "[" + comm + "]" : comm);
    }

    private static String cpu(OptionalInt cpu) {
        return cpu.isPresent() ? String.valueOf(cpu.getAsInt()) : "-";
    }

    private static Command modules(String name, String... aliases) {
        return named(name, aliases)
                .usage(usage(name))
                .summary("the modules that are loaded, and where")
                .help("Their functions can be named like the kernel's own, or as MODULE:FUNCTION.")
                .runs((session, arguments, output) -> {
                    Modules modules = Modules.of(session.requireStop().kernel().live());
                    if (modules.all().isEmpty()) {
                        output.line("No modules are loaded.");
                    } else {
                        output.line("%-24s %-18s %10s %5s %s", "MODULE", "ADDRESS", "SIZE", "USED", "STATE");
                    }
                    modules.all().forEach(module -> output.line("%s", module(module, output)));
                    lost(modules.lost(), output);
                });
    }

    private static String module(Module module, Output output) {
        String used = module.references().isPresent()
                ? String.valueOf(module.references().getAsLong())
                : "-";
        String state = switch (module.state()) {
            case LIVE -> "Live";
            case COMING -> "Loading";
            case GOING -> "Unloading";
        };
        return "%-24s %s %10d %5s %s"
                .formatted(
                        GuestText.plain(module.name()),
                        output.styled(Output.Style.ADDRESS, "0x%016x".formatted(module.base())),
                        module.sizeBytes(),
                        used,
                        state);
    }

    private static Command log(String name, String... aliases) {
        return named(name, aliases)
                .usage("dmesg [COUNT]")
                .summary("the kernel's log out of its own ring, the last COUNT records")
                .help("Works from the first message on, long before there is a console to show it.")
                .runs((session, arguments, output) -> {
                    Printk log = Printk.of(session.requireStop().kernel().live());
                    int all = log.records().size();
                    int count = arguments.isEmpty() ? all : Words.count(arguments.tail(), "dmesg [COUNT]");
                    for (LogRecord one : log.records().subList(Math.max(0, all - count), all)) {
                        one.text().lines().forEach(line -> output.line("%s", time(one) + GuestText.plain(line)));
                        if (one.text().isEmpty()) {
                            output.line("%s", time(one).stripTrailing());
                        }
                    }
                    lost(log.lost(), output);
                });
    }

    // [    0.000000] as the console has it
    private static String time(LogRecord one) {
        long micros = Long.divideUnsigned(one.timeNanos(), 1000);
        return "[%5d.%06d] ".formatted(micros / 1_000_000, micros % 1_000_000);
    }

    private static Command version(String name, String... aliases) {
        return named(name, aliases)
                .usage(usage(name))
                .summary("the kernel's banner, and how long it is up")
                .runs((session, arguments, output) -> {
                    LiveKernel kernel = session.requireStop().kernel().live();
                    output.line("%s", GuestText.plain(Proc.version(kernel)));
                    Proc.uptime(kernel)
                            .ifPresent(up -> output.line("up %d.%03d s", up.toMillis() / 1000, up.toMillis() % 1000));
                });
    }

    private static Command cmdline(String name, String... aliases) {
        return named(name, aliases)
                .usage(usage(name))
                .summary("the command line that the kernel was booted with")
                .runs((session, arguments, output) -> {
                    Optional<String> line =
                            Proc.cmdline(session.requireStop().kernel().live());
                    output.line("%s", line.map(GuestText::plain).orElse("The kernel has not kept it yet."));
                });
    }

    private static Command perCpu(String name) {
        return named(name)
                .usage("info percpu SYMBOL")
                .summary("each CPU's copy of a variable")
                .completes(Completers.LOCATIONS)
                .runs((session, arguments, output) -> {
                    if (arguments.isEmpty()) {
                        throw new SessionException(
                                "info percpu: which variable?", new SessionFailure.Usage("info percpu SYMBOL"));
                    }
                    perCpu(session, arguments.tail(), output);
                });
    }

    private static void perCpu(Session session, String symbol, Output output) {
        Stop stop = session.requireStop();
        LiveKernel kernel = stop.kernel().live();
        Optional<Type> type =
                kernel.types().findVariable(symbol).map(Variable::type).map(reference -> reference.type());
        int bytes = (int) type.map(Type::sizeBytes)
                .filter(size -> size == 1 || size == 2 || size == 4 || size == 8)
                .orElse((long) stop.architecture().pointerBytes())
                .longValue();
        type.ifPresent(known -> output.line("%s", known.cName()));
        for (int cpu : PerCpu.online(kernel)) {
            long address = PerCpu.address(kernel, symbol, cpu);
            session.checkInterrupt();
            output.line(
                    "CPU %-3d %s: 0x%x",
                    cpu,
                    output.styled(Output.Style.ADDRESS, "0x%016x".formatted(address)),
                    kernel.number(address, bytes));
        }
    }

    /** {@code thread apply all bt}: what each CPU does. */
    static void everyCpu(Session session, int limit, Output output) {
        Stop stop = session.requireStop();
        for (ThreadId cpu : stop.threads()) {
            session.checkInterrupt();
            output.line("");
            output.line("Thread %d (%s):", cpu.thread(), session.threadName(cpu));
            StackVerbs.show(stop, stop.callsOf(cpu, limit), output);
        }
    }

    /** {@code backtrace task PID}; also of a task that an expression points to. */
    static void task(Session session, String which, int limit, Output output) {
        Stop stop = session.requireStop();
        Task task = TASK_NAME.matcher(which).matches()
                ? stop.kernel().require(which)
                : stop.kernel().taskAt(session.evaluate(which).bits());
        String where = stop.kernel()
                .running(task)
                .map(cpu -> "on CPU %d".formatted(cpu.thread() - 1))
                .orElse("state " + task.state());
        output.line("PID %d (%s), %s:", task.pid(), GuestText.plain(task.comm()), where);
        StackVerbs.show(stop, stop.kernel().calls(task, limit), output);
    }
}
