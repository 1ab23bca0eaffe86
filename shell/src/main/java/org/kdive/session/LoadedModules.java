package org.kdive.session;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.ImageException;
import org.kdive.images.Program;
import org.kdive.images.btf.Btf;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.Module;
import org.kdive.images.linux.ModuleSymbols;
import org.kdive.images.linux.Modules;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.unwind.OrcLookup;
import org.kdive.images.unwind.OrcVersion;

/**
 * The modules of the guest's kernel, as a program knows them. Looked at anew once a stop, when somebody asks for a symbol;
 * while a breakpoint waits for a module or stands in one, also whenever the kernel has loaded one or frees one. Session
 * thread.
 */
final class LoadedModules {
    private static final String LOADED = "do_init_module"; // relocated, its symbols in place; nothing of it has run
    private static final String UNLOADED = "free_module";

    private final Target target;
    private List<Known> known = List.of();
    private final Set<Long> leaving = new HashSet<>(); // structs of modules that the kernel is about to free
    private boolean stale;
    private @Nullable Program followedOf; // whose addresses these are; null: none are known
    private Followed followed = new Followed(List.of(), List.of());

    /** Where the kernel has a module ready to run, and where it frees one. */
    private record Followed(List<Long> loaded, List<Long> unloaded) {
        List<Long> all() {
            return Stream.concat(loaded.stream(), unloaded.stream()).toList();
        }
    }

    /** A module, and what was read of it. */
    private record Known(Module module, Program.LoadedModule loaded) {}

    LoadedModules(Target target) {
        this.target = target;
    }

    /** The guest stopped, and somebody may look at it. */
    void stopped() {
        stale = true;
    }

    /** Nothing can be read from here on; what is known is as good as it gets. */
    void resuming() {
        stale = false;
    }

    /** Another kernel, or none any more. */
    void forget() {
        known = List.of();
        leaving.clear();
    }

    /** The kernel with the modules it has now: the same object when they are those it knows. */
    Program over(Program kernel) {
        if (!stale || kernel.slideBytes().isEmpty()) {
            return kernel;
        }
        stale = false; // first: what follows may ask for the program itself
        try {
            List<Known> now = look(kernel);
            boolean same = now.equals(known)
                    && now.stream().map(Known::loaded).toList().equals(kernel.modules());
            known = now;
            return same
                    ? kernel
                    : kernel.withModules(now.stream().map(Known::loaded).toList());
        } catch (ImageException | RspException | SessionException e) {
            return kernel; // the list cannot be read from here: early in a boot, or in the middle of a change
        }
    }

    private List<Known> look(Program kernel) {
        Optional<Symbol> head = kernel.findSymbol("modules");
        if (head.isEmpty() || isEmptyList(head.get().address())) {
            leaving.clear();
            return List.of();
        }
        LiveKernel live = target.live(target.firstThread());
        List<Known> now = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        for (Module module : Modules.of(live).all()) {
            seen.add(module.address());
            if (!leaving.contains(module.address())) {
                now.add(knownBefore(module).orElseGet(() -> read(live, module)));
            }
        }
        leaving.retainAll(seen);
        return now;
    }

    // asked before anything else: most stops have no modules, and need no types read for that
    private boolean isEmptyList(long head) {
        long next = target.scope(target.firstThread())
                .readInteger(head, target.architecture().pointerBytes());
        return next == head || next == 0;
    }

    private Optional<Known> knownBefore(Module module) {
        return known.stream().filter(one -> one.module().isSameAs(module)).findFirst();
    }

    private Known read(LiveKernel live, Module module) {
        Supplier<Optional<Btf>> types = new TypesOfModule(target, module);
        return new Known(
                module, new Program.LoadedModule(module.name(), ModuleSymbols.of(live, module), module::holds, types));
    }

    /** Unwind tables of all modules, for the present stop. */
    List<OrcLookup> orc(LiveKernel live, OrcVersion version) {
        List<OrcLookup> tables = new ArrayList<>();
        for (Known one : known) {
            try {
                Modules.orc(live, one.module(), version).ifPresent(tables::add);
            } catch (ImageException e) {
                // one module's table cannot be read: calls in it are lost, and said to be
            }
        }
        return tables;
    }

    /** What must stand so that breakpoints follow modules as they come and go. */
    List<Stoppoint> stoppoints(Breakpoints breakpoints, boolean settled) {
        return settled && breakpoints.all().stream().anyMatch(this::dependsOnModules)
                ? followed().all().stream().map(Stoppoint::software).toList()
                : List.of();
    }

    private boolean dependsOnModules(Breakpoint breakpoint) {
        return breakpoint.enabled()
                && !breakpoint.isWatchpoint()
                && (breakpoint.isPending()
                        || breakpoint.addresses().stream()
                                .anyMatch(address -> known.stream()
                                        .anyMatch(one -> one.module().holds(address))));
    }

    /** The guest stands at this instruction: if the kernel tells of a module there, it is heard. */
    void passes(RegisterFile registers) {
        Followed functions = followed();
        if (functions.loaded().contains(registers.pc())) {
            leaving.remove(argument(registers));
        } else if (functions.unloaded().contains(registers.pc())) {
            leaving.add(argument(registers));
        } else {
            return;
        }
        stale = true;
        target.findProgram();
    }

    private Followed followed() {
        Program program = target.findProgram().orElse(null);
        if (program != followedOf) {
            followedOf = program;
            followed = new Followed(addresses(program, LOADED), addresses(program, UNLOADED));
        }
        return followed;
    }

    private static List<Long> addresses(@Nullable Program program, String function) {
        return program == null || program.slideBytes().isEmpty()
                ? List.of()
                : program.findSymbols(function).stream().map(Symbol::address).toList();
    }

    // both take their struct module * in the first register that arguments go in
    private long argument(RegisterFile registers) {
        return registers.require(
                switch (target.architecture()) {
                    case X86_64 -> "rdi";
                    case ARM64 -> "x0";
                    case ARM -> "r0";
                    case RISCV64 -> "a0";
                    default -> "pc"; // no kernel of these is followed: no module lies at the pc
                });
    }
}
