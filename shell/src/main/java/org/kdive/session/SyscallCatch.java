package org.kdive.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.kdive.images.Architecture;

/**
 * System calls, at their entry and at their return. By name they are caught in the functions that do them; by number, and all
 * of them, in the function that they are dispatched from. Where it returns to is learned at the first entry.
 */
final class SyscallCatch implements Catch {
    private static final int MOST_PENDING = 4096; // tasks that never come back are forgotten, the oldest first
    private static final int MOST_NUMBER = 1024;
    // arch/arm64/kernel/syscall.c: invoke_syscall(regs, scno, sc_nr, syscall_table)
    private static final String TABLED = "invoke_syscall";
    private static final List<String> DISPATCHERS = List.of("do_syscall_64", TABLED, "do_el0_svc");
    private static final List<String> X86_ARGUMENTS = List.of("di", "si", "dx", "r10", "r8", "r9");

    private final List<String> wanted;
    private final Set<Long> returns = new TreeSet<>();
    private final Map<Long, Entered> pending = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Entered> eldest) {
            return size() > MOST_PENDING;
        }
    };

    /**
     * @param ptRegs the registers of the caller
     * @param dispatched whether the result is to be found in them
     */
    private record Entered(String name, long ptRegs, boolean dispatched) {}

    /** @param wanted names and numbers; none: every call */
    SyscallCatch(List<String> wanted) {
        this.wanted = List.copyOf(wanted);
    }

    @Override
    public String words() {
        return Catches.join("syscall", String.join(" ", wanted));
    }

    private boolean isDispatched() {
        return wanted.isEmpty() || wanted.stream().anyMatch(word -> word.chars().allMatch(Character::isDigit));
    }

    @Override
    public List<List<String>> functions(Architecture architecture) {
        boolean x86 = architecture == Architecture.X86_64;
        if (isDispatched()) {
            return List.of(x86 ? List.of("do_syscall_64") : List.of(TABLED, "do_el0_svc"));
        }
        return wanted.stream()
                .map(name -> List.of((x86 ? "__x64_sys_" : "__arm64_sys_") + name))
                .collect(Collectors.toList());
    }

    @Override
    public Set<Long> learned() {
        return returns;
    }

    @Override
    public void forget() {
        returns.clear();
        pending.clear();
    }

    @Override
    public Optional<String> tell(Caught here) {
        return returns.contains(here.pc()) ? returned(here) : entered(here);
    }

    private Optional<String> entered(Caught here) {
        long ptRegs = here.argument(0);
        String function = here.function(here.pc());
        boolean dispatched = DISPATCHERS.contains(function);
        long number = dispatched ? numberOf(here, ptRegs) : -1;
        String name = dispatched ? nameOf(here, function, number) : bare(function);
        if (dispatched && !wanted.isEmpty() && !wanted.contains(name) && !wanted.contains(String.valueOf(number))) {
            return Optional.empty();
        }
        returns.add(here.returnAddress());
        pending.put(here.stackAfterReturn(), new Entered(name, ptRegs, dispatched));
        return Optional.of("call to syscall %s(%s)".formatted(name, arguments(here, name, ptRegs)));
    }

    private Optional<String> returned(Caught here) {
        Entered entered = pending.remove(here.stack());
        if (entered == null) {
            return Optional.empty(); // another call came by
        }
        long result = entered.dispatched()
                ? here.number(
                        here.isX86() ? "((struct pt_regs *)0x%x)->ax" : "((struct pt_regs *)0x%x)->regs[0]",
                        entered.ptRegs())
                : here.result();
        String text = result < 0 && result >= -4095 || Math.abs(result) < 1 << 20
                ? Long.toString(result)
                : "0x" + Long.toHexString(result);
        return Optional.of("returned from syscall %s = %s".formatted(entered.name(), text));
    }

    private static long numberOf(Caught here, long ptRegs) {
        return here.isX86() ? (int) here.argument(1) : here.number("((struct pt_regs *)0x%x)->regs[8]", ptRegs);
    }

    private static String nameOf(Caught here, String dispatcher, long number) {
        if (number < 0 || number > MOST_NUMBER) {
            return String.valueOf(number);
        }
        try {
            long table = dispatcher.equals(TABLED) ? here.argument(3) : here.number("(unsigned long)&sys_call_table");
            String function = here.function(here.number("((unsigned long *)0x%x)[%d]", table, number));
            return function.isEmpty() ? String.valueOf(number) : bare(function);
        } catch (RuntimeException e) {
            return String.valueOf(number); // a kernel whose kallsyms have no data
        }
    }

    private static String bare(String function) {
        return function.replaceFirst("^__(x64|arm64|se|do)_sys_", "");
    }

    // by the prototype that the kernel keeps for its own tracing: include/trace/syscall.h, struct syscall_metadata
    private static String arguments(Caught here, String name, long ptRegs) {
        List<String> shown = new ArrayList<>();
        try {
            String meta = "((struct syscall_metadata *)&__syscall_meta__%s)->".formatted(name);
            int count = (int) Math.min(6, here.number("%snb_args", meta));
            for (int i = 0; i < count; i++) {
                String type = here.text("%stypes[%d]", meta, i);
                shown.add(
                        "%s = %s".formatted(here.text("%sargs[%d]", meta, i), value(here, type, raw(here, ptRegs, i))));
            }
        } catch (RuntimeException e) {
            shown.clear(); // built without CONFIG_FTRACE_SYSCALLS: all six, as they are
            for (int i = 0; i < 6; i++) {
                shown.add("0x" + Long.toHexString(raw(here, ptRegs, i)));
            }
        }
        return String.join(", ", shown);
    }

    private static long raw(Caught here, long ptRegs, int index) {
        return here.isX86()
                ? here.number("((struct pt_regs *)0x%x)->%s", ptRegs, X86_ARGUMENTS.get(index))
                : here.number("((struct pt_regs *)0x%x)->regs[%d]", ptRegs, index);
    }

    private static String value(Caught here, String type, long bits) {
        if (type.contains("*")) {
            String pointer = "0x" + Long.toHexString(bits);
            return type.startsWith("const char") && bits != 0 ? pointer + quoted(here, bits) : pointer;
        }
        if (type.contains("unsigned")) {
            long number = type.contains("int") ? bits & 0xffffffffL : bits;
            return number >= 0 && number < 1 << 16 ? Long.toString(number) : "0x" + Long.toHexString(number);
        }
        if (type.contains("mode")) {
            return "0" + Long.toOctalString(bits & 0xffff);
        }
        return Long.toString(type.equals("int") || type.equals("pid_t") ? (int) bits : bits);
    }

    private static String quoted(Caught here, long address) {
        try {
            return " \"" + here.textAt(address) + "\"";
        } catch (RuntimeException e) {
            return ""; // the page is not there yet
        }
    }
}
