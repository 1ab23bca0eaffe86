package org.kdive.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.Machine;
import org.kdive.session.BootPlan;
import org.kdive.session.BootRequest;
import org.kdive.session.BreakpointSpec;
import org.kdive.session.Fate;
import org.kdive.session.Session;
import org.kdive.session.Stop;

/**
 * A false condition on a hot function, and single steps, against gdb on the same guest: stock Debian cloud kernel,
 * nokaslr, one vCPU. Both stop after N hits by a second breakpoint at the place, whose first N hits are ignored. gdb is
 * given addresses and no symbols, which is the best it can have.
 *
 * <p>Arguments: the number of hits, of steps, of rounds; 5000, 2000 and 2 if absent.
 */
final class HotBreakpointBench {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    // the sooner after it the denser the hits: later the guest's own time between them is what both debuggers wait for
    private static final String BEGIN = "start_kernel";
    // begins with an instruction on registers alone; calls ftrace first, until its call is patched away
    private static final List<String> HOT = List.of("strlen", "_raw_spin_lock");

    private final int hits;
    private final int steps;

    private HotBreakpointBench(int hits, int steps) {
        this.hits = hits;
        this.steps = steps;
    }

    public static void main(String[] arguments) throws IOException {
        HotBreakpointBench bench = new HotBreakpointBench(argument(arguments, 0, 5000), argument(arguments, 1, 2000));
        for (int round = 0; round < argument(arguments, 2, 2); round++) {
            for (String hot : HOT) {
                bench.compare(hot);
            }
        }
    }

    private static int argument(String[] arguments, int at, int otherwise) {
        return at < arguments.length ? Integer.parseInt(arguments[at]) : otherwise;
    }

    /** What one debugger made of it, a second. */
    private record Rates(double hits, double steps) {}

    private void compare(String hot) throws IOException {
        List<Long> addresses = new ArrayList<>();
        Rates kdive = kdive(hot, addresses);
        Rates gdb = gdb(addresses);
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        System.out.printf(
                "false condition on %-15s x%d: kdive %5.0f/s  gdb %5.0f/s  ratio %.1f%n",
                hot, hits, kdive.hits(), gdb.hits(), kdive.hits() / gdb.hits());
        System.out.printf(
                "stepi                              x%d: kdive %5.0f/s  gdb %5.0f/s  ratio %.1f   (load %.1f)%n",
                steps, kdive.steps(), gdb.steps(), kdive.steps() / gdb.steps(), load);
    }

    private static BootPlan plan() {
        return BootRequest.of("debian")
                .withAppend(List.of("nokaslr"))
                .withCpus(1)
                .plan(Progress.silent());
    }

    // ---- kdive ----

    private Rates kdive(String hot, List<Long> addresses) {
        try (Session session = Session.open()) {
            session.call(() -> session.boot(plan()));
            return session.call(() -> {
                session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, BEGIN).withFate(Fate.DELETE));
                run(session);
                addresses.addAll(session.resolve(BEGIN));
                addresses.addAll(session.resolve(hot));
                session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, hot).withCondition("$rdi == 0x1234"));
                int last = session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, hot))
                        .number();
                session.breakpoints().ignore(last, hits);
                long begun = System.nanoTime();
                run(session);
                double hitRate = perSecond(hits, begun);
                session.breakpoints().deleteAll();
                begun = System.nanoTime();
                for (int i = 0; i < steps; i++) {
                    session.stepper().step().await(PATIENCE).orElseThrow().pc();
                }
                return new Rates(hitRate, perSecond(steps, begun));
            });
        }
    }

    private static Stop run(Session session) {
        return session.resume().await(PATIENCE).orElseThrow(() -> new IllegalStateException("the guest did not stop"));
    }

    static double perSecond(int count, long begun) {
        return count * 1e9 / (System.nanoTime() - begun);
    }

    // ---- gdb ----

    private Rates gdb(List<Long> addresses) throws IOException {
        Path script = Files.createTempFile("bench", ".gdb");
        try (Machine machine = Machine.boot(plan().spec(), Duration.ofSeconds(30))) {
            Path socket = ((UnixDomainSocketAddress) machine.gdb()).getPath();
            Files.writeString(script, script(socket, addresses.get(0), addresses.get(1)));
            Process gdb = new ProcessBuilder("gdb", "-nx", "-batch", "-x", script.toString())
                    .redirectErrorStream(true)
                    .start();
            try {
                return timed(gdb);
            } finally {
                gdb.destroyForcibly();
            }
        } finally {
            Files.delete(script);
        }
    }

    private String script(Path socket, long begin, long hot) {
        return String.join(
                "\n",
                "set pagination off",
                "set confirm off",
                "set architecture i386:x86-64",
                "target remote " + socket,
                "hbreak *0x%x".formatted(begin),
                "continue",
                "delete",
                "break *0x%x if $rdi == 0x1234".formatted(hot),
                "break *0x%x".formatted(hot),
                "ignore 3 " + hits,
                "echo @begin\\n",
                "continue",
                "echo @hits\\n",
                "delete",
                "echo @begin\\n",
                "stepi " + steps,
                "echo @steps\\n",
                "disconnect",
                "");
    }

    private Rates timed(Process gdb) {
        double hitRate = 0;
        double stepRate = 0;
        StringBuilder talk = new StringBuilder();
        try (BufferedReader lines = gdb.inputReader(StandardCharsets.UTF_8)) {
            long begun = System.nanoTime();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                talk.append(line).append('\n');
                switch (line.strip()) {
                    case "@begin" -> begun = System.nanoTime();
                    case "@hits" -> hitRate = perSecond(hits, begun);
                    case "@steps" -> stepRate = perSecond(steps, begun);
                    default -> {
                        // its talk
                    }
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        if (hitRate == 0 || stepRate == 0) {
            throw new IllegalStateException("gdb did not get through:\n" + talk);
        }
        return new Rates(hitRate, stepRate);
    }
}
