package org.kdive.images.linux;

import java.util.HashMap;
import java.util.Map;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.unwind.RegisterValues;

/** Where a task that is not running was switched away: what {@code __switch_to} kept, by the stub's register names. */
public final class SavedRegisters {
    private SavedRegisters() {}

    /** For an unwinder of sleeping tasks. Wrong for a task that is running. */
    public static RegisterValues of(LiveKernel kernel, Task task) {
        KernelObject object = kernel.object("task_struct", task.address());
        return switch (kernel.program().image().architecture()) {
            case X86_64 -> x86(kernel, object);
            case ARM64 -> arm64(object.inside("thread.cpu_context"));
            case ARM -> arm(object.inside("thread_info.cpu_context"));
            case RISCV64 -> riscv(kernel, object);
            default ->
                throw new ImageException(new ImageFailure.Unsupported(
                        kernel.program().image().source(),
                        "stacks of sleeping tasks on "
                                + kernel.program().image().architecture().label()));
        };
    }

    // struct inactive_task_frame is what __switch_to_asm pushes, the return address last: since 4.9 (0100301bfdf5)
    private static RegisterValues x86(LiveKernel kernel, KernelObject task) {
        KernelObject frame = kernel.object("inactive_task_frame", task.number("thread.sp"));
        Map<String, Long> values = new HashMap<>();
        values.put("rip", frame.number("ret_addr"));
        values.put("rsp", frame.addressOf("ret_addr") + 8);
        values.put("rbp", frame.number("bp"));
        for (String name : new String[] {"r12", "r13", "r14", "r15"}) {
            frame.findNumber(name).ifPresent(value -> values.put(name, value));
        }
        frame.findNumber("bx").ifPresent(value -> values.put("rbx", value));
        return RegisterValues.of(values);
    }

    private static RegisterValues arm64(KernelObject context) {
        return RegisterValues.of(
                Map.of("pc", context.number("pc"), "sp", context.number("sp"), "x29", context.number("fp")));
    }

    private static RegisterValues arm(KernelObject context) {
        Map<String, Long> values = new HashMap<>();
        for (String name : new String[] {"r4", "r5", "r6", "r7", "r8", "r9", "sp", "pc"}) {
            values.put(name, context.number(name));
        }
        values.put("r10", context.number("sl"));
        values.put("r11", context.number("fp"));
        return RegisterValues.of(values);
    }

    private static RegisterValues riscv(LiveKernel kernel, KernelObject task) {
        long fp = kernel.pointer(task.addressOf("thread.s")); // s[0]
        return RegisterValues.of(Map.of("pc", task.number("thread.ra"), "sp", task.number("thread.sp"), "fp", fp));
    }
}
