package org.kdive.session;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.GuestMemory;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineException;
import org.kdive.machine.MemoryMap;
import org.kdive.qmp.QmpException;

/** The guest's RAM behind the machine, opened when it is first wanted; not there for a machine that is not ours. */
final class GuestRam implements AutoCloseable {
    private final @Nullable Machine machine; // null: somebody else's QEMU
    private Optional<GuestMemory> memory = Optional.empty();
    private boolean sought;

    GuestRam(@Nullable Machine machine) {
        this.machine = machine;
    }

    Optional<GuestMemory> find() {
        if (!sought) {
            sought = true;
            memory = open();
        }
        return memory;
    }

    private Optional<GuestMemory> open() {
        try {
            return Optional.ofNullable(machine).map(Machine::openMemory);
        } catch (MachineException | QmpException e) {
            return Optional.empty(); // the stub can be asked for everything, only slower
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
