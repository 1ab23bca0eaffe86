package org.kdive.session;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;

/**
 * The functions that the kernel needs for its start alone. It gives their memory away before it starts the first program, and
 * whatever comes to lie there is not what a breakpoint was set in. Session thread.
 */
final class InitMemory {
    // init/main.c, kernel_init: after the initcalls
    private static final String FREES = "free_initmem";

    private final Target target;
    private Runnable whenFreed = () -> {};
    private boolean freed;
    private @Nullable Program boundsOf; // null: no kernel is known
    private Bounds bounds = Bounds.UNKNOWN;
    private List<Stoppoint> wanted = List.of(); // for the next two
    private Bounds seenBounds = Bounds.UNKNOWN;
    private long seenVersion = -1; // -1: none was seen

    InitMemory(Target target) {
        this.target = target;
    }

    /** Called when the kernel is about to free it. */
    void whenFreed(Runnable listener) {
        whenFreed = listener;
    }

    /** The kernel is at another place or in another time than before: whether it has freed it is looked up. */
    void look(boolean settled) {
        freed = false;
        try {
            // "SYSTEM_FREEING_INITMEM" since v5.16 (d2635f2012a4)
            freed = settled
                    && !target.recorded().isReplay() // where nothing is given away for ever
                    && target.expression("system_state >= SYSTEM_FREEING_INITMEM")
                            .isTrue(target.scope(target.firstThread()));
        } catch (RuntimeException e) {
            // a kernel without the constant, or whose kallsyms have no data: it says so itself when the time comes
        }
    }

    boolean isFreed() {
        return freed;
    }

    boolean holds(long address) {
        Bounds known = bounds();
        return Long.compareUnsigned(address, known.start()) >= 0 && Long.compareUnsigned(address, known.end()) < 0;
    }

    /** What must stand so that breakpoints in it retire in time. */
    List<Stoppoint> stoppoints(Breakpoints breakpoints, boolean settled) {
        if (freed || !settled || target.recorded().isReplay()) {
            return List.of();
        }
        Bounds known = bounds();
        if (breakpoints.version() != seenVersion || !known.equals(seenBounds)) {
            seenVersion = breakpoints.version();
            seenBounds = known;
            wanted = breakpoints.all().stream().anyMatch(this::isInside)
                    ? known.freeing().stream().map(Stoppoint::software).toList()
                    : List.of();
        }
        return wanted;
    }

    boolean isInside(Breakpoint breakpoint) {
        return !breakpoint.isWatchpoint() && breakpoint.addresses().stream().anyMatch(this::holds);
    }

    /** The guest stands at this instruction. */
    void passes(long pc) {
        if (!freed && !target.recorded().isReplay() && bounds().freeing().contains(pc)) {
            freed = true;
            whenFreed.run();
        }
    }

    // asked at every stop: looked up once for a kernel at a place
    private Bounds bounds() {
        Program program = target.findProgram().orElse(null);
        if (program != boundsOf) {
            boundsOf = program;
            bounds = program == null || program.slideBytes().isEmpty() ? Bounds.UNKNOWN : Bounds.of(program);
        }
        return bounds;
    }

    /**
     * Run-time virtual addresses.
     *
     * @param freeing where the kernel is about to free what lies between the others
     */
    private record Bounds(long start, long end, List<Long> freeing) {
        private static final Bounds UNKNOWN = new Bounds(0, 0, List.of());

        private static Bounds of(Program program) {
            Optional<Symbol> start = program.findSymbol("_sinittext");
            Optional<Symbol> end = program.findSymbol("_einittext");
            List<Long> freeing =
                    program.findSymbols(FREES).stream().map(Symbol::address).toList();
            return start.isEmpty() || end.isEmpty()
                    ? UNKNOWN
                    : new Bounds(start.get().address(), end.get().address(), freeing);
        }
    }
}
