package org.kdive.session;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.btf.Btf;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.StructType;
import org.kdive.images.unwind.Backtrace;
import org.kdive.images.unwind.EhabiUnwinder;
import org.kdive.images.unwind.ExidxTable;
import org.kdive.images.unwind.FramePointerUnwinder;
import org.kdive.images.unwind.FunctionStarts;
import org.kdive.images.unwind.OrcLookup;
import org.kdive.images.unwind.OrcTable;
import org.kdive.images.unwind.OrcUnwinder;
import org.kdive.images.unwind.RegisterValues;
import org.kdive.images.unwind.StackFrame;
import org.kdive.images.unwind.Unwinder;

/**
 * Callers of a stopped thread: by the kernel's own unwind tables where the image has them (ORC on x86-64, EHABI on arm),
 * by frame pointers where kernels keep them (arm64, riscv), else by looking at the stack. Session thread.
 */
final class Unwinding {
    private static final int KERNEL_ADDRESS_BITS =
            48; // arm64's usual CONFIG_ARM64_VA_BITS, when TCR_EL1 is not to be had

    private final Target target;
    private Optional<OrcTable> orc = Optional.empty(); // at link addresses
    private Optional<ExidxTable> exidx = Optional.empty();
    private boolean sought; // both are looked for once, at the first backtrace

    Unwinding(Target target) {
        this.target = target;
    }

    Calls calls(ThreadId thread, int limit) {
        Optional<Unwinder> unwinder = target.findProgram().flatMap(program -> unwinder(program, thread));
        if (unwinder.isEmpty()) {
            return new Calls(new StackWalk(target, thread).frames(limit), "");
        }
        RegisterFile registers = target.registers(thread);
        return calls(unwinder.get().unwind(registers::number, limit));
    }

    /** From where a task that does not run was switched away; through the memory of any thread. */
    Calls sleeping(ThreadId through, RegisterValues saved, int limit) {
        Unwinder unwinder = unwinder(target.requireProgram(), through)
                .orElseThrow(() -> new SessionException(
                        "no unwind tables in this kernel: the stack of a sleeping task cannot be walked",
                        new SessionFailure.Unsupported("backtrace of a task")));
        return calls(unwinder.unwindSleeping(saved, limit));
    }

    private static Calls calls(Backtrace found) {
        List<Frame> frames = new ArrayList<>();
        for (StackFrame frame : found.frames()) {
            frames.add(new Frame(
                    frames.size(), frame.pc(), frame.lookupPc(), frame.sp(), frame.kind(), frame.registers()));
        }
        return new Calls(frames, found.end() == Backtrace.End.LOST ? found.reason() : "");
    }

    private Optional<Unwinder> unwinder(Program program, ThreadId thread) {
        StopMemory memory = target.memory(thread);
        FunctionStarts starts = pc -> program.symbolAt(pc).stream()
                .filter(Symbol::isText)
                .mapToLong(symbol -> symbol.address())
                .findFirst();
        return switch (target.architecture()) {
            case X86_64 ->
                orc(program.image())
                        .map(table -> new OrcUnwinder(
                                withModules(table.slidBy(program.slideBytes().orElse(0)), program, thread), memory));
            case ARM64 -> Optional.of(FramePointerUnwinder.arm64(memory, starts, addressBits(thread), ptRegs(program)));
            case RISCV64 -> Optional.of(FramePointerUnwinder.riscv64(memory, starts));
            case ARM -> exidx(program).map(table -> new EhabiUnwinder(table, memory));
            default -> Optional.empty();
        };
    }

    private OrcLookup withModules(OrcTable kernel, Program program, ThreadId thread) {
        if (program.modules().isEmpty()) {
            return kernel;
        }
        List<OrcLookup> all = new ArrayList<>(List.of(kernel));
        all.addAll(target.modules().orc(target.live(thread), kernel.version()));
        return OrcLookup.firstOf(all);
    }

    private Optional<OrcTable> orc(KernelImage image) {
        if (!sought) {
            sought = true;
            orc = OrcTable.find(image, Btf.of(image));
        }
        return orc;
    }

    private Optional<ExidxTable> exidx(Program program) {
        if (!sought) {
            sought = true;
            exidx = ExidxTable.find(program.image(), program.symbols());
        }
        return exidx;
    }

    private static Optional<StructType> ptRegs(Program program) {
        return program.ownTypes()
                .flatMap(types -> types.findType("struct pt_regs"))
                .flatMap(type -> type instanceof StructType struct ? Optional.of(struct) : Optional.empty());
    }

    // TCR_EL1.T1SZ, bits 21:16: Arm ARM, D19.2
    private int addressBits(ThreadId thread) {
        long tcr = target.registers(thread).number("TCR_EL1").orElse(0);
        int t1sz = (int) (tcr >>> 16) & 0x3f;
        return t1sz == 0 ? KERNEL_ADDRESS_BITS : 64 - t1sz;
    }
}
