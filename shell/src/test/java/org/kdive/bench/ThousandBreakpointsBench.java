package org.kdive.bench;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.UnixDomainSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.fetch.Progress;
import org.kdive.images.symbols.Symbol;
import org.kdive.machine.Machine;
import org.kdive.session.BootPlan;
import org.kdive.session.BootRequest;
import org.kdive.session.BreakpointSpec;
import org.kdive.session.Fate;
import org.kdive.session.Session;
import org.kdive.session.Stop;

/**
 * A thousand breakpoints set and one of them hit, against gdb on the same guest: stock Debian cloud kernel, nokaslr, one
 * vCPU, from start_kernel to setup_arch. gdb is given addresses and no symbols. The guest's own time between the two places,
 * which both wait for, is measured first.
 *
 * <p>Arguments: the number of rounds; 7 if absent. The first is that of a JVM that has never done it; the median is of the
 * others.
 */
final class ThousandBreakpointsBench {
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int MANY = 1000;
    private static final String BEGIN = "start_kernel";
    private static final String END = "setup_arch";
    private static final Pattern UNCALLED = Pattern.compile("^(tcp|udp|ip6?|inet6?|xfrm|snd|usb|nf|nfs)_.*");

    private ThousandBreakpointsBench() {}

    public static void main(String[] arguments) throws IOException {
        int rounds = arguments.length > 0 ? Integer.parseInt(arguments[0]) : 7;
        double[] ratios = new double[rounds];
        for (int round = 0; round < rounds; round++) {
            List<Long> addresses = new ArrayList<>();
            double guest = kdive(addresses, false);
            double kdive = kdive(addresses, true);
            double gdb = gdb(addresses);
            ratios[round] = gdb / kdive;
            System.out.printf(
                    "%d breakpoints set and one hit: kdive %.2f s  gdb %.2f s  ratio %.1f   (one breakpoint alone %.2f s, load %.1f)%n",
                    MANY,
                    kdive,
                    gdb,
                    gdb / kdive,
                    guest,
                    ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage());
        }
        System.out.printf(
                "gdb / kdive, median without the first round: %.1f (goal 2 at least)%n",
                Figures.median(Arrays.copyOfRange(ratios, 1, rounds)));
    }

    private static BootPlan plan() {
        return BootRequest.of("debian")
                .withAppend(List.of("nokaslr"))
                .withCpus(1)
                .plan(Progress.silent());
    }

    private static double kdive(List<Long> addresses, boolean all) {
        try (Session session = Session.open()) {
            session.call(() -> session.boot(plan()));
            return session.call(() -> {
                session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, BEGIN).withFate(Fate.DELETE));
                run(session);
                if (addresses.isEmpty()) {
                    addresses.addAll(session.resolve(BEGIN));
                    session.program().orElseThrow().symbols().matching(UNCALLED, 2 * MANY).stream()
                            .filter(Symbol::isText)
                            .map(Symbol::address)
                            .distinct()
                            .limit(MANY - 1L)
                            .forEach(addresses::add);
                    addresses.addAll(session.resolve(END));
                }
                List<Long> set = addresses.subList(all ? 1 : addresses.size() - 1, addresses.size());
                long begun = System.nanoTime();
                set.forEach(address ->
                        session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, "*0x%x".formatted(address))));
                long there = run(session).pc();
                double seconds = (System.nanoTime() - begun) / 1e9;
                if (there != addresses.get(addresses.size() - 1)) {
                    throw new IllegalStateException("stopped at 0x%x".formatted(there));
                }
                return seconds;
            });
        }
    }

    private static Stop run(Session session) {
        return session.resume().await(PATIENCE).orElseThrow(() -> new IllegalStateException("the guest did not stop"));
    }

    private static double gdb(List<Long> addresses) throws IOException {
        Path script = Files.createTempFile("bench", ".gdb");
        try (Machine machine = Machine.boot(plan().spec(), Duration.ofSeconds(30))) {
            Path socket = ((UnixDomainSocketAddress) machine.gdb()).getPath();
            List<String> lines = new ArrayList<>(List.of(
                    "set pagination off",
                    "set confirm off",
                    "set architecture i386:x86-64",
                    "target remote " + socket,
                    "hbreak *0x%x".formatted(addresses.get(0)),
                    "continue",
                    "delete",
                    "python import time; begun = time.time()"));
            addresses.stream().skip(1).forEach(address -> lines.add("break *0x%x".formatted(address)));
            lines.addAll(List.of(
                    "continue",
                    "python print(\"took=%f at=%x\" % (time.time() - begun, int(gdb.parse_and_eval(\"$pc\"))))",
                    "disconnect",
                    ""));
            Files.write(script, lines);
            return took(script, addresses.get(addresses.size() - 1));
        } finally {
            Files.delete(script);
        }
    }

    private static double took(Path script, long place) throws IOException {
        Process gdb = new ProcessBuilder("gdb", "-nx", "-batch", "-x", script.toString())
                .redirectErrorStream(true)
                .start();
        try {
            String talk = new String(gdb.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            var took = Pattern.compile("took=([0-9.]+) at=(-?[0-9a-f]+)").matcher(talk);
            if (!took.find() || Long.parseUnsignedLong(took.group(2), 16) != place) {
                throw new IllegalStateException("gdb did not get through:\n" + talk);
            }
            return Double.parseDouble(took.group(1));
        } finally {
            gdb.destroyForcibly();
        }
    }
}
