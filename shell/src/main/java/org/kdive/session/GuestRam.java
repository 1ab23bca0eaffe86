package org.kdive.session;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.GuestMemory;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineException;
import org.kdive.machine.MemoryMap;
import org.kdive.qmp.QmpException;

/** The guest's RAM behind the machine, opened when it is first wanted; not there for a machine out of reach. */
final class GuestRam implements AutoCloseable {
    private final @Nullable Machine machine; // null: somebody else's QEMU
    private @Nullable Supplier<GuestMemory> foreign; // null: a machine of ours, or out of reach
    private Optional<GuestMemory> memory = Optional.empty();
    private String obstacle = "this QEMU's memory is not on this host, or its --qmp no Unix socket";
    private boolean sought;

    GuestRam(@Nullable Machine machine) {
        this.machine = machine;
    }

    /** Another's memory; asked for it at a stop. */
    void reachedBy(Supplier<GuestMemory> opener) {
        foreign = opener;
    }

    Optional<GuestMemory> find() {
        if (!sought) {
            sought = true;
            memory = open();
        }
        return memory;
    }

    /** The same if the machine is ours. */
    Optional<GuestMemory> ours() {
        return machine == null ? Optional.empty() : find();
    }

    /** How memory is read, in words. */
    String way() {
        return find().map(GuestMemory::way).orElseGet(() -> "the gdb stub: " + obstacle);
    }

    /** Why what could be near is read through the stub; empty for most. */
    Optional<String> remark() {
        return foreign == null || find().isPresent()
                ? Optional.empty()
                : Optional.of("memory is read through the gdb stub, page by page: " + obstacle);
    }

    private Optional<GuestMemory> open() {
        try {
            return Optional.ofNullable(machine)
                    .map(Machine::openMemory)
                    .or(() -> Optional.ofNullable(foreign).map(Supplier::get));
        } catch (MachineException | QmpException e) {
            obstacle = String.valueOf(e.getMessage()); // the stub can be asked for everything, only slower
            return Optional.empty();
        }
    }

    /** What lies at physical addresses now; empty for a machine that is not ours. */
    Optional<MemoryMap> map() {
        return Optional.ofNullable(machine).map(Machine::memoryMap);
    }

    /** The machine may be another than before: where its RAM lies is looked up anew. */
    void reopen() {
        close();
        sought = false;
    }

    @Override
    public void close() {
        sought = true;
        memory.ifPresent(GuestMemory::close);
        memory = Optional.empty();
    }
}
