package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import org.kdive.images.ImageException;

/**
 * The kernel's tasks.
 *
 * @param all {@code init_task} first, then processes in the order they were made, each with its threads
 * @param lost why there may be more; empty when all were seen
 */
public record Tasks(List<Task> all, String lost) {
    private static final int MOST = 1 << 16;
    private static final long PF_KTHREAD = 0x00200000; // include/linux/sched.h

    // include/linux/sched.h, TASK_*; since 4.14 (8ef9925b02c2)
    private static final String STATE_LETTERS = "RSDTtXZPI";
    private static final long TASK_UNINTERRUPTIBLE = 2;
    private static final long TASK_REPORT = 0x7f;
    private static final long TASK_REPORT_IDLE = 0x80;
    private static final long TASK_NOLOAD = 0x400;
    private static final long TASK_RTLOCK_WAIT = 0x1000;
    private static final long TASK_FROZEN = 0x8000;

    public Tasks {
        all = List.copyOf(all);
    }

    /** for_each_process_thread, with init_task before it. Needs the symbol {@code init_task}. */
    public static Tasks of(LiveKernel kernel) {
        long init = kernel.requireAddress("init_task");
        Layout layout = kernel.layout("task_struct");
        long tasksOffset = layout.offset("tasks");
        ListWalk leaders = ListWalk.of(kernel, init + tasksOffset, tasksOffset, MOST);
        List<Task> found = new ArrayList<>();
        Set<Long> seen = new HashSet<>();
        String lost = leaders.lost();
        addThreads(kernel, init, found, seen);
        for (long leader : leaders.entries()) {
            String trouble = addThreads(kernel, leader, found, seen);
            lost = lost.isEmpty() ? trouble : lost;
            if (found.size() >= MOST) {
                break;
            }
        }
        return new Tasks(found, lost);
    }

    // Threads hang off the signal struct, the leader among them; 0c740d0afc3b made thread_node, 3.14.
    private static String addThreads(LiveKernel kernel, long leader, List<Task> found, Set<Long> seen) {
        try {
            if (seen.add(leader)) {
                found.add(at(kernel, leader));
            }
            KernelObject task = kernel.object("task_struct", leader);
            long signal = task.number("signal");
            if (signal == 0) {
                return ""; // exiting: __exit_signal has been here
            }
            long head = kernel.object("signal_struct", signal).addressOf("thread_head");
            long offset = kernel.layout("task_struct").offset("thread_node");
            ListWalk threads = ListWalk.of(kernel, head, offset, MOST - Math.min(MOST, found.size()));
            for (long thread : threads.entries()) {
                if (seen.add(thread)) {
                    found.add(at(kernel, thread));
                }
            }
            return threads.lost();
        } catch (ImageException e) {
            return String.valueOf(e.getMessage());
        }
    }

    /** The task whose {@code struct task_struct} is there. */
    public static Task at(LiveKernel kernel, long address) {
        KernelObject task = kernel.object("task_struct", address);
        // in the task since 5.16 (bcf9033e5449), where thread_info is part of it; beside it before
        OptionalLong cpu = task.findNumber("thread_info.cpu", "cpu");
        return new Task(
                address,
                (int) task.number("pid"),
                (int) task.number("tgid"),
                parentPid(kernel, task),
                task.text("comm"),
                state(task),
                cpu.isPresent() ? OptionalInt.of((int) cpu.getAsLong()) : OptionalInt.empty(),
                task.number("stack"),
                (task.number("flags") & PF_KTHREAD) != 0);
    }

    private static int parentPid(LiveKernel kernel, KernelObject task) {
        long parent = task.number("real_parent");
        return parent == 0 || parent == task.address()
                ? 0
                : (int) kernel.object("task_struct", parent).number("tgid");
    }

    // fs/proc/array.c get_task_state and sched.h task_index_to_char
    private static char state(KernelObject task) {
        // "__state" since 5.14 (2f064a59a11f); before that "state"
        long state = task.findNumber("__state", "state").orElse(0) | task.number("exit_state");
        long reported = state & TASK_REPORT;
        if ((state & (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)) == (TASK_UNINTERRUPTIBLE | TASK_NOLOAD)) {
            reported = TASK_REPORT_IDLE;
        } else if ((state & (TASK_RTLOCK_WAIT | TASK_FROZEN)) != 0) {
            reported = TASK_UNINTERRUPTIBLE;
        }
        return STATE_LETTERS.charAt(64 - Long.numberOfLeadingZeros(reported));
    }

    /** The task a CPU of x86 runs; elsewhere a register holds its address: SP_EL0 on arm64. Empty where nothing tells. */
    public static Optional<Task> current(LiveKernel kernel, int cpu) {
        // a variable of its own again since 6.15 (a1e4cc0155ad); 6.2 (e57ef2ed97c1) to 6.14 in a struct; before, its
        // own
        Optional<Long> hot = PerCpu.find(kernel, "pcpu_hot", cpu)
                .filter(address -> kernel.hasStruct("pcpu_hot"))
                .map(address -> kernel.object("pcpu_hot", address).number("current_task"));
        Optional<Long> task =
                hot.or(() -> PerCpu.find(kernel, "current_task", cpu).map(kernel::pointer));
        return task.filter(address -> address != 0).map(address -> at(kernel, address));
    }
}
