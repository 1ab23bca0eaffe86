package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Program;
import org.kdive.images.linux.Oops;
import org.kdive.images.linux.Printk;
import org.kdive.images.symbols.Symbol;

/**
 * Stops a kernel that has oopsed or panicked, as soon as it has said all it has to say and before it does anything about it.
 * Session thread.
 *
 * <p>An oops ends in {@code oops_exit}, on all architectures. A panic prints behind {@code panic}'s first instruction and then
 * offers the log to whoever dumps it; that function lies beside printk's own, where a breakpoint would slow down every
 * message (QEMU translates the instructions of such a page one by one), so it is planted only once {@code panic} was
 * reached. kernel/panic.c and kernel/printk/printk.c, 4.x to 6.x.
 */
final class PanicDesk {
    private static final List<String> PANICS = List.of("panic", "vpanic"); // the latter since 6.16
    private static final String OOPSED = "oops_exit";
    private static final List<String> SAID = List.of("kmsg_dump", "kmsg_dump_desc"); // the latter since 6.12

    private final Target target;
    private final Vigil vigil;
    private @Nullable Program placesOf; // null: no kernel is known
    private Places places = Places.NONE;
    private String panic = ""; // what the kernel panics about, from panic's first instruction on
    private boolean said; // that panic was shown

    PanicDesk(Target target, Vigil vigil) {
        this.target = target;
        this.vigil = vigil;
    }

    /** What must stand while the guest runs. The same list as long as nothing changes. */
    List<Stoppoint> stoppoints(boolean settled) {
        if (!vigil.panics() || !settled) {
            return List.of();
        }
        Places known = places();
        return panic.isEmpty() || said ? known.quiet() : known.panicking();
    }

    /** What the guest's stop at this instruction means; empty if it is none of these places. */
    Optional<Cause> at(ThreadId thread, long pc) {
        if (!vigil.panics() || !places().isAny(pc)) {
            return Optional.empty();
        }
        Caught here = new Caught(target, thread);
        String function = here.function(pc);
        if (function.equals(OOPSED)) {
            return Optional.of(new Cause.Oopsed(told(thread)));
        }
        if (PANICS.contains(function)) {
            panic = words(here);
            said = false;
            return Optional.empty();
        }
        if (panic.isEmpty() || said) {
            return Optional.empty();
        }
        said = true;
        return Optional.of(new Cause.Panicked(panic, told(thread)));
    }

    private static String words(Caught here) {
        try {
            String words = KernelFormat.fill(here);
            return words.isEmpty() ? "?" : words;
        } catch (RuntimeException e) {
            return "?"; // the log has them too
        }
    }

    private Optional<Oops> told(ThreadId thread) {
        try {
            return Oops.last(Printk.of(target.live(thread)));
        } catch (RuntimeException e) {
            return Optional.empty(); // a kernel without types, or whose log cannot be found
        }
    }

    private Places places() {
        Program program = target.findProgram().orElse(null);
        if (program != placesOf) {
            placesOf = program;
            places = program == null || program.slideBytes().isEmpty() ? Places.NONE : Places.of(program);
        }
        return places;
    }

    /** @param panicking those of {@code quiet} too */
    private record Places(List<Stoppoint> quiet, List<Stoppoint> panicking) {
        private static final Places NONE = new Places(List.of(), List.of());

        private static Places of(Program program) {
            List<Stoppoint> quiet = new ArrayList<>(at(program, OOPSED));
            PANICS.forEach(name -> quiet.addAll(at(program, name)));
            List<Stoppoint> all = new ArrayList<>(quiet);
            SAID.forEach(name -> all.addAll(at(program, name)));
            return new Places(List.copyOf(quiet), List.copyOf(all));
        }

        private static List<Stoppoint> at(Program program, String name) {
            return program.findSymbols(name).stream()
                    .map(Symbol::address)
                    .distinct()
                    .map(Stoppoint::software)
                    .toList();
        }

        boolean isAny(long pc) {
            return panicking.stream().anyMatch(point -> point.address() == pc);
        }
    }
}
