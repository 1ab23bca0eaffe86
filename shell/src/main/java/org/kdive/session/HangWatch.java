package org.kdive.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.linux.DirectMap;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.Pulse;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.TypeTable;
import org.kdive.machine.Machine;
import org.kdive.machine.VcpuThreads;

/**
 * Looks at a running guest's CPUs, in its RAM and without stopping it, and stops it when one of them gets nowhere though the
 * host lets it run: it has taken no interrupt for long, or tasks wait for it and it has changed to none of them. A CPU that
 * sleeps executes nothing, so it never hangs by this; neither does one that the host has no time for, nor a guest that is held.
 * Session thread.
 */
final class HangWatch {
    private static final Duration OFTEN = Duration.ofMillis(100);
    private static final Duration SELDOM = Duration.ofSeconds(1);
    private static final Duration ENOUGH = Duration.ofSeconds(2); // of the host's time, however long the patience

    private final Target target;
    private final RunControl control;
    private final Vigil vigil;
    private final Silence silence;
    private final boolean possible;
    private final AtomicBoolean timed = new AtomicBoolean(); // a look is due
    private final Map<Integer, Watched> cpus = new TreeMap<>();
    private boolean watching;
    private @Nullable Program placed; // the program that the next three are of; null before the first
    private long imagePhysical;
    private int addressBits;
    private @Nullable LiveKernel kernel; // null: it cannot be read while it runs, or not yet
    private @Nullable VcpuThreads threads; // null until it is first asked for

    HangWatch(Target target, RunControl control, Workbench bench) {
        this.target = target;
        this.control = control;
        this.vigil = bench.vigil();
        this.silence = new Silence(target, bench.notices());
        this.possible = target.machine().isPresent() && !target.recorded().isReplay();
    }

    /**
     * The user lets the guest go: whatever was before counts for nothing.
     *
     * @param all whether none of its CPUs is held
     */
    void begins(Cause from, boolean all) {
        cpus.clear();
        silence.begins(from);
        watching = possible && all;
        if (watching) {
            later();
        }
    }

    /** Before each resume: what can be learned from a stopped guest alone is learned. */
    void resumes(boolean settled) {
        Program program = watching && settled ? target.findProgram().orElse(null) : null;
        if (program == null || program == placed) {
            return;
        }
        kernel = null;
        Optional<Symbol> start = program.findSymbol("_stext");
        ThreadId thread = target.firstThread();
        OptionalLong physical = start.isEmpty()
                ? OptionalLong.empty()
                : target.memory(thread).physical(start.get().address());
        if (physical.isPresent()
                && program.types().isPresent()
                && target.ram().ours().isPresent()) {
            placed = program;
            imagePhysical = physical.getAsLong();
            addressBits = target.architecture() == Architecture.ARM64
                    ? 64 - (int) (target.registers(thread).require("TCR_EL1") >>> 16 & 0x3f) // T1SZ
                    : 64;
            kernel = live(program, program.types().get());
        }
    }

    private LiveKernel live(Program program, TypeTable types) {
        Memory ram = MappedMemory.physical(target.ram().ours().orElseThrow());
        // the kernel chooses where it maps memory while it comes up
        Memory virtual = (address, length) -> DirectMap.around(program, imagePhysical, addressBits, ram)
                .orElseThrow(() -> ImageException.memoryFault(address))
                .over(ram)
                .read(address, length);
        return LiveKernel.of(program, types, virtual);
    }

    private void later() {
        if (timed.compareAndSet(false, true)) {
            CompletableFuture.delayedExecutor(interval().toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> control.post(new Happening.Errand(this::look)));
        }
    }

    private Duration interval() {
        Duration tenth = vigil.hangTimeout().orElse(SELDOM).dividedBy(10);
        return tenth.compareTo(OFTEN) < 0 ? OFTEN : tenth.compareTo(SELDOM) > 0 ? SELDOM : tenth;
    }

    private void look() {
        timed.set(false);
        if (!watching || !(control.state() instanceof Running)) {
            return; // the next resume begins anew
        }
        Optional<Duration> patience = vigil.hangTimeout();
        List<Pulse> pulses = pulses();
        silence.look(!pulses.isEmpty());
        if (patience.isEmpty()) {
            cpus.clear();
        } else {
            see(pulses);
            String words = words(patience.get());
            if (!words.isEmpty()) {
                watching = false;
                control.hung(new Cause.Hung(words, first(patience.get())));
                return;
            }
        }
        later();
    }

    private void see(List<Pulse> pulses) {
        for (Pulse now : pulses) {
            VcpuThreads behind = threads();
            Moment moment = new Moment(System.nanoTime(), behind.spent(now.cpu()));
            Watched cpu = cpus.computeIfAbsent(now.cpu(), number -> new Watched(now, moment));
            cpu.see(now, moment, behind.areShared());
        }
        cpus.keySet().removeIf(cpu -> pulses.stream().noneMatch(one -> one.cpu() == cpu)); // taken off line
    }

    private List<Pulse> pulses() {
        try {
            return kernel == null ? List.of() : Pulse.of(kernel);
        } catch (ImageException e) {
            return List.of(); // it has not laid out its memory yet, or it is another kernel by now
        }
    }

    private VcpuThreads threads() {
        if (threads == null) {
            threads = target.machine().map(Machine::vcpuThreads).orElseThrow();
        }
        return threads;
    }

    private String words(Duration patience) {
        List<Integer> deaf = hung(cpu -> cpu.isDeaf(patience));
        List<Integer> stuck = hung(cpu -> !cpu.isDeaf(patience) && cpu.isStuck(patience));
        String time = patience.toMillis() % 1000 == 0 ? patience.toSeconds() + " s" : patience.toMillis() + " ms";
        List<String> words = new ArrayList<>();
        if (!deaf.isEmpty()) {
            words.add("%s taken no interrupt for %s".formatted(subject(deaf), time));
        }
        if (!stuck.isEmpty()) {
            words.add("%s let no other task run for %s, and some wait".formatted(subject(stuck), time));
        }
        return String.join("; ", words);
    }

    private static String subject(List<Integer> numbers) {
        List<String> names = numbers.stream().map(number -> "CPU " + number).toList();
        return String.join(" and ", names) + (names.size() > 1 ? " have" : " has");
    }

    private List<Integer> hung(Predicate<Watched> how) {
        return cpus.entrySet().stream()
                .filter(one -> how.test(one.getValue()))
                .map(Map.Entry::getKey)
                .toList();
    }

    private Optional<ThreadId> first(Duration patience) {
        List<ThreadId> all = target.threads();
        return hung(cpu -> cpu.isDeaf(patience) || cpu.isStuck(patience)).stream()
                .filter(cpu -> cpu < all.size())
                .map(all::get)
                .findFirst();
    }

    /** @param spent what the CPU had had of the host's time by then */
    private record Moment(long nanos, Duration spent) {
        boolean isOlder(Moment now, Duration patience) {
            Duration quarter = patience.dividedBy(4);
            Duration enough = quarter.compareTo(ENOUGH) < 0 ? quarter : ENOUGH;
            return now.nanos - nanos >= patience.toNanos()
                    && now.spent.minus(spent).compareTo(enough) >= 0;
        }
    }

    /** A CPU since it was last seen to get on. */
    private static final class Watched {
        private Pulse last;
        private Moment now;
        private Moment heard; // when it had taken an interrupt since the look before
        private Moment changed; // when it had changed tasks, or nobody waited for that

        Watched(Pulse first, Moment now) {
            this.last = first;
            this.now = now;
            this.heard = now;
            this.changed = now;
        }

        /** @param shared whether the host's time may have been another's, while this one slept */
        void see(Pulse pulse, Moment moment, boolean shared) {
            boolean switched = !pulse.switches().equals(last.switches());
            if (switched || pulse.heartbeat() != last.heartbeat() || shared && pulse.idle()) {
                heard = moment;
            }
            if (switched || pulse.waiting() == 0) {
                changed = moment;
            }
            last = pulse;
            now = moment;
        }

        boolean isDeaf(Duration patience) {
            return heard.isOlder(now, patience);
        }

        boolean isStuck(Duration patience) {
            return changed.isOlder(now, patience);
        }
    }
}
