package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.Oops;
import org.kdive.images.linux.Printk;
import org.kdive.session.RegisterFile;
import org.kdive.session.Stop;

/** An oops or a panic in plain words. */
final class AccidentView {
    private static final String STUCK = "a CPU has run kernel code for long without letting anything else run:"
            + " an endless loop, or a lock that is never released";
    private static final int MOST_CALLS = 8;
    private static final int MOST_CPUS = 16;
    private static final long PAGE_BYTES = 4096;

    // Documentation/admin-guide/tainted-kernels.rst; G says that all modules are free, and nothing is wrong with that
    private static final Map<Character, String> TAINTS = new TreeMap<>(Map.ofEntries(
            Map.entry('P', "a proprietary module is loaded"),
            Map.entry('F', "a module was loaded by force"),
            Map.entry('S', "the processor is not made for this kernel"),
            Map.entry('R', "a module was unloaded by force"),
            Map.entry('M', "the processor reported a machine check"),
            Map.entry('B', "a page was not as it should be"),
            Map.entry('U', "user space asked for it"),
            Map.entry('D', "the kernel had oopsed before"),
            Map.entry('A', "the firmware's tables were overridden"),
            Map.entry('W', "the kernel had warned of something before"),
            Map.entry('C', "a staging driver is loaded"),
            Map.entry('I', "the firmware has an error that the kernel works around"),
            Map.entry('O', "a module from outside the tree is loaded"),
            Map.entry('E', "an unsigned module is loaded"),
            Map.entry('L', "a CPU was stuck before"),
            Map.entry('K', "the kernel was patched while it ran"),
            Map.entry('T', "the kernel was built with a randomized layout"),
            Map.entry('N', "a test has run in the kernel")));

    private AccidentView() {}

    /** {@code info oops}. */
    static Command verb() {
        return Command.named("oops")
                .topic(Topic.DATA)
                .usage("info oops")
                .summary("the last oops or panic that the kernel's log tells of, in plain words")
                .help("What happened, where, who ran, what was not as it should be before, and the call chain.")
                .runs((session, arguments, output) -> {
                    LiveKernel kernel = session.requireStop().kernel().live();
                    Optional<Oops> last = Oops.last(Printk.of(kernel));
                    if (last.isEmpty()) {
                        output.line("The kernel's log tells of no oops and no panic.");
                    }
                    last.ifPresent(oops -> {
                        output.line("%s%s", oops.panic() ? "Kernel panic: " : "", oops.headline());
                        AccidentView.show(oops, output);
                    });
                });
    }

    /** The lines below the headline. */
    static void show(Oops oops, Output output) {
        meaning(oops).ifPresent(text -> line("what", text, output));
        String who = oops.task()
                .map(task -> "%s (process %d) on CPU %d".formatted(task.name(), task.pid(), task.cpu()))
                .orElse("");
        String where = List.of(oops.place(), who).stream()
                .filter(part -> !part.isEmpty())
                .reduce((place, task) -> place + ", in " + task)
                .orElse("");
        line("where", where, output);
        line("before", taints(oops.taint()), output);
        line("calls", calls(oops.calls()), output);
    }

    /** The lines below a headline that tells of a hang. */
    static void hang(String words, Stop stop, Output output) {
        line("what", hang(words), output);
        for (ThreadId cpu :
                stop.threads().subList(0, Math.min(MOST_CPUS, stop.threads().size()))) {
            line("CPU " + stop.threads().indexOf(cpu), standing(stop, cpu), output);
        }
        line("see", "thread apply all backtrace; info tasks; backtrace task PID", output);
    }

    private static String standing(Stop stop, ThreadId cpu) {
        RegisterFile registers = stop.registersOf(cpu);
        List<String> parts = new ArrayList<>(List.of(stop.describe(registers.pc())));
        try {
            stop.kernel()
                    .current(cpu)
                    .map(task -> "in %s (process %d)".formatted(GuestText.plain(task.comm()), task.pid()))
                    .ifPresent(parts::add);
        } catch (RuntimeException e) {
            // a kernel without types: its place says something, too
        }
        // RFLAGS.IF: Intel SDM volume 1, 3.4.3; PSTATE.I: Arm ARM, C5.2.2
        OptionalLong x86 = registers.number("eflags");
        long masked = x86.isPresent()
                ? ~x86.getAsLong() >>> 9 & 1
                : registers.number("cpsr").orElse(0) >>> 7 & 1;
        parts.add(masked == 1 ? "interrupts off" : "interrupts on");
        return String.join(", ", parts);
    }

    private static String hang(String words) {
        if (words.contains("no interrupt")) {
            return "it runs with interrupts off, or does nothing but take them up: an endless loop, or a lock that is"
                    + " never released";
        }
        if (words.startsWith("INFO: task")) {
            return "it waits in the kernel for what does not come: a lock that somebody keeps, or a disk or a network"
                    + " that does not answer";
        }
        if (words.startsWith("rcu:")) {
            return "a CPU or a task has not come to a place where it holds nothing of RCU's: an endless loop with"
                    + " interrupts or preemption off; or a host that is too busy for this guest";
        }
        return words.contains("workqueue")
                ? "work that was queued is not done: what is before it runs or waits for ever"
                : STUCK;
    }

    private static void line(String label, String text, Output output) {
        if (!text.isEmpty()) {
            output.line("  %-7s %s", label, text);
        }
    }

    private static String taints(String letters) {
        List<String> meanings = new ArrayList<>();
        for (int i = 0; i < letters.length(); i++) {
            char letter = letters.charAt(i);
            String meaning = TAINTS.get(letter);
            if (meaning != null) {
                meanings.add("%s (%c)".formatted(meaning, letter));
            }
        }
        return String.join(", ", meanings);
    }

    private static String calls(List<String> calls) {
        List<String> shown = new ArrayList<>(calls.stream()
                .limit(MOST_CALLS)
                .map(call -> call.replaceFirst("/0x[0-9a-f]+", ""))
                .toList());
        if (calls.size() > MOST_CALLS) {
            shown.add("%d more".formatted(calls.size() - MOST_CALLS));
        }
        return String.join(" < ", shown);
    }

    /** What such a headline usually means; empty where there is nothing to add to it. */
    static Optional<String> meaning(Oops oops) {
        String headline = oops.headline();
        if (headline.startsWith("kernel BUG at")) {
            return Optional.of("the kernel checked something that must hold, and it did not (BUG or BUG_ON)");
        }
        if (headline.startsWith("general protection fault")) {
            return Optional.of("an address that no page can have was used: often a pointer that was freed"
                    + " or written over, or text taken for one");
        }
        if (headline.contains("soft lockup") || headline.contains("hard LOCKUP")) {
            return Optional.of(STUCK);
        }
        if (headline.contains("stack guard page") || headline.startsWith("double fault")) {
            return Optional.of("the kernel's stack is full, or its pointer is wrong: often endless recursion");
        }
        if (headline.startsWith("divide error")) {
            return Optional.of("a division by zero, or a result too large for its register");
        }
        if (headline.startsWith("invalid opcode") || headline.contains("undefined instruction")) {
            return Optional.of("what the processor was to execute is no instruction");
        }
        return oops.address().isPresent()
                ? Optional.of(access(headline, oops.address().getAsLong()))
                : Optional.empty();
    }

    private static String access(String headline, long address) {
        if (Long.compareUnsigned(address, PAGE_BYTES) < 0) {
            return address == 0
                    ? "a null pointer was followed"
                    : "a null pointer was followed: 0x%x is %d bytes into what it should have pointed to"
                            .formatted(address, address);
        }
        if (address < 0 && address >= -PAGE_BYTES) {
            return "an error code was taken for a pointer: %d is an errno (IS_ERR was not asked)".formatted(address);
        }
        if (headline.contains("execute")) {
            return "the processor was sent to 0x%x, which holds no code: a function pointer is wrong"
                    .formatted(address);
        }
        return address >= 0
                ? "0x%x is an address of user space, which the kernel must not use directly".formatted(address)
                : "nothing is mapped at 0x%x: a pointer is wrong, or what it pointed to is gone".formatted(address);
    }
}
