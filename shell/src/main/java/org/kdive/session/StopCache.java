package org.kdive.session;

import java.util.HashMap;
import java.util.Map;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;

/** What was read from the stopped target, by thread; void as soon as it runs. Session thread. */
final class StopCache implements AutoCloseable {
    private final RspClient stub;
    private final Architecture architecture;
    private final GuestRam ram;
    private final Map<ThreadId, RegisterFile> registers = new HashMap<>();
    private final Map<ThreadId, StopMemory> memories = new HashMap<>();

    StopCache(RspClient stub, Architecture architecture, GuestRam ram) {
        this.ram = ram;
        this.stub = stub;
        this.architecture = architecture;
    }

    RegisterFile registers(ThreadId thread) {
        return registers.computeIfAbsent(
                thread,
                t -> new RegisterFile(stub, t, Waits.on(stub.readRegisters(t), "read the registers"), architecture));
    }

    StopMemory memory(ThreadId thread) {
        StopMemory known = memories.get(thread);
        if (known == null) {
            known = new StopMemory(
                    stub,
                    thread,
                    ram.find().flatMap(guest -> MappedMemory.of(registers(thread), architecture, guest)),
                    ram::map);
            memories.put(thread, known);
        }
        return known;
    }

    @Override
    public void close() {
        ram.close();
    }

    GuestRam ram() {
        return ram;
    }

    /** Nothing is as it was, the place of RAM included. */
    void forget() {
        clear();
        ram.reopen();
    }

    void clear() {
        registers.clear();
        memories.clear();
    }
}
