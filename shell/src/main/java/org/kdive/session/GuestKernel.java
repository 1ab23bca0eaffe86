package org.kdive.session;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.ImageException;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.SavedRegisters;
import org.kdive.images.linux.Task;
import org.kdive.images.linux.Tasks;

/** The kernel of a stopped guest, as its own structures tell it; of one stop. Session thread. */
public final class GuestKernel {
    private final Stop stop;
    private final Target target;

    GuestKernel(Stop stop, Target target) {
        this.stop = stop;
        this.target = target;
    }

    /** For the functions of {@code images.linux}. Throws NoSymbol without a kernel image, Missing without its types. */
    public LiveKernel live() {
        if (target.requireProgram().slideBytes().isEmpty()) {
            throw new SessionException(
                    "the kernel has not chosen its place yet: its structures cannot be found",
                    new SessionFailure.Unsupported("kernel structures"));
        }
        return target.live(stop.thread());
    }

    /** The task that a CPU runs; empty where nothing tells. */
    public Optional<Task> current(ThreadId cpu) {
        LiveKernel kernel = live();
        OptionalLong address = inRegister(cpu);
        try {
            return address.isPresent()
                    ? Optional.of(Tasks.at(kernel, address.getAsLong()))
                    : Tasks.current(kernel, indexOf(cpu));
        } catch (ImageException e) {
            return Optional.empty(); // a CPU that the kernel has not started, or in the middle of an entry
        }
    }

    // arm64 keeps it in SP_EL0 while in the kernel (c02433dd6de3); in user mode that is the program's own stack pointer
    private OptionalLong inRegister(ThreadId cpu) {
        RegisterFile registers = target.registers(cpu);
        return switch (target.architecture()) {
            case ARM64 ->
                (registers.number("cpsr").orElse(0) & 0xf) != 0 ? registers.number("SP_EL0") : OptionalLong.empty();
            case RISCV64 -> registers.number("tp");
            default -> OptionalLong.empty();
        };
    }

    private int indexOf(ThreadId cpu) {
        return Math.max(0, target.threads().indexOf(cpu));
    }

    /** The CPU that runs a task just now; empty when it is switched away. */
    public Optional<ThreadId> running(Task task) {
        return target.threads().stream()
                .filter(cpu -> current(cpu).map(Task::address).equals(Optional.of(task.address())))
                .findFirst();
    }

    /** The task of which a {@code task_struct} lies at an address. */
    public Task taskAt(long address) {
        return Tasks.at(live(), address);
    }

    /** By pid, or by name: the first of that name. Throws NoSymbol when there is none. */
    public Task require(String pidOrName) {
        List<Task> all = Tasks.of(live()).all();
        return all.stream()
                .filter(task -> String.valueOf(task.pid()).equals(pidOrName))
                .findFirst()
                .or(() -> all.stream()
                        .filter(task -> task.comm().equals(pidOrName))
                        .findFirst())
                .orElseThrow(() -> new SessionException(
                        "no task %s; info tasks lists them".formatted(pidOrName),
                        new SessionFailure.NoSymbol(pidOrName)));
    }

    /** The calls a task is in, whether it runs or sleeps. */
    public Calls calls(Task task, int limit) {
        Optional<ThreadId> cpu = running(task);
        return cpu.isPresent()
                ? target.unwinding().calls(cpu.get(), limit)
                : target.unwinding().sleeping(stop.thread(), SavedRegisters.of(live(), task), limit);
    }
}
