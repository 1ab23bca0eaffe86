package org.kdive.session.expression;

import java.util.Optional;
import java.util.Set;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.Type;

/** kdive's own functions, by the names that the kernel's gdb scripts gave them. */
final class Functions {
    static final Set<String> NAMES =
            Set.of("lx_current", "lx_per_cpu", "lx_per_cpu_ptr", "_strlen", "_streq", "_isvoid");

    private final Evaluator in;

    Functions(Evaluator in) {
        this.in = in;
    }

    Value call(Node.Call call) {
        return switch (call.function()) {
            case "lx_current" -> current(call);
            case "lx_per_cpu" -> perCpu(call);
            case "lx_per_cpu_ptr" -> perCpuPointer(call);
            case "_strlen" -> in.number(in.types().c("int"), text(call, 0).length());
            case "_streq" -> in.truth(text(call, 0).equals(text(call, 1)));
            case "_isvoid" ->
                in.truth(argument(call, 0).evaluate(in).type().equals(in.types().c("void")));
            default -> throw new Misstep(call.at(), "no function $" + call.function());
        };
    }

    private String text(Node.Call call, int number) {
        return Text.read(
                in, call.at(), in.require(call.at(), argument(call, number).evaluate(in)));
    }

    private static Node argument(Node.Call call, int number) {
        if (number >= call.arguments().size()) {
            throw new Misstep(
                    call.at(),
                    "%s wants more than %d"
                            .formatted(call.function(), call.arguments().size()));
        }
        return call.arguments().get(number);
    }

    private long cpu(Node.Call call, int number) {
        return number < call.arguments().size()
                ? in.asNumber(call.arguments().get(number))
                : in.scope().cpu();
    }

    // ---- per-CPU

    /** By the variable itself, its address or its name as text: the kernel's script wants the one or the other. */
    private Value perCpu(Node.Call call) {
        Node given = argument(call, 0);
        Value variable = given instanceof Node.StringLiteral
                ? in.names().value(new Node.Name(given.at(), text(call, 0)))
                : given.evaluate(in);
        if (variable.type().strip() instanceof PointerType && variable.address().isEmpty()) {
            variable = in.access().pointedTo(call.at(), variable);
        }
        if (variable.address().isEmpty()) {
            throw new Misstep(given.at(), "a per-CPU variable is wanted");
        }
        return in.memory(variable.type(), variable.address().getAsLong() + offset(call, cpu(call, 1)));
    }

    private Value perCpuPointer(Node.Call call) {
        Value pointer = in.require(call.at(), argument(call, 0).evaluate(in));
        return in.number(pointer.type(), in.asNumber(pointer) + offset(call, cpu(call, 1)));
    }

    // include/asm-generic/percpu.h: per_cpu_offset(x) is __per_cpu_offset[x]; a kernel for one CPU has none
    private long offset(Node.Call call, long cpu) {
        Optional<Symbol> table = in.scope().symbol("__per_cpu_offset");
        if (table.isEmpty()) {
            return 0;
        }
        Type word = in.types().c("unsigned long");
        long count = table.get().sizeBytes() / word.sizeBytes();
        if (cpu < 0 || count > 0 && cpu >= count) {
            throw new Misstep(call.at(), "there is no CPU %d".formatted(cpu));
        }
        return in.memory(word, table.get().address() + cpu * word.sizeBytes()).bits();
    }

    // ---- current

    private Value current(Node.Call call) {
        Type task = in.types()
                .find("struct task_struct")
                .map(type -> (Type) in.types().pointerTo(type))
                .orElseThrow(() -> new Misstep(call.at(), "No struct type named task_struct."));
        return in.number(task, currentAddress(call));
    }

    private long currentAddress(Node.Call call) {
        return switch (in.scope().architecture()) {
            case X86_64, X86_32 -> ofX86(call);
            case ARM64 -> ofArm64(call);
            // arch/riscv/include/asm/current.h
            case RISCV64, RISCV32 -> register(call, "tp");
            default -> throw new Misstep(call.at(), "kdive does not know where this architecture keeps current");
        };
    }

    // arch/arm64/include/asm/current.h: in the kernel SP_EL0 holds it; in user mode that is the program's own, and the
    // kernel finds current again in the per-CPU __entry_task, which each switch sets (arch/arm64/kernel/process.c)
    private long ofArm64(Node.Call call) {
        boolean isHere =
                call.arguments().isEmpty() || cpu(call, 0) == in.scope().cpu();
        long held = isHere ? register(call, "SP_EL0") : 0;
        Optional<Symbol> entry = in.scope().symbol("__entry_task");
        if (held < 0 || entry.isEmpty()) {
            return isHere ? held : register(call, "SP_EL0");
        }
        return in.memory(in.types().c("unsigned long"), entry.get().address() + offset(call, cpu(call, 0)))
                .bits();
    }

    private long register(Node.Call call, String name) {
        if (!call.arguments().isEmpty() && cpu(call, 0) != in.scope().cpu()) {
            throw new Misstep(call.at(), "of another CPU: select its thread first");
        }
        return in.scope()
                .register(name)
                .or(() -> in.scope().register(name.toLowerCase(java.util.Locale.ROOT)))
                .orElseThrow(() -> new Misstep(call.at(), "the target does not show $" + name))
                .bits();
    }

    // per-CPU current_task; in pcpu_hot from v6.2 (e57ef2ed97c1) to v6.14
    private long ofX86(Node.Call call) {
        long here = offset(call, cpu(call, 0));
        Optional<Symbol> hot = in.scope().symbol("pcpu_hot");
        Optional<Symbol> plain = in.scope().symbol("current_task");
        long address;
        if (plain.isPresent()) {
            address = plain.get().address();
        } else if (hot.isPresent()) {
            long inside = in.types()
                    .find("struct pcpu_hot")
                    .flatMap(Types::struct)
                    .flatMap(struct -> struct.findMember("current_task"))
                    .map(member -> member.byteOffset())
                    .orElse(0L);
            address = hot.get().address() + inside;
        } else {
            throw new Misstep(call.at(), "this kernel has neither current_task nor pcpu_hot");
        }
        return in.memory(in.types().c("unsigned long"), address + here).bits();
    }
}
