package org.kdive.images.linux;

import java.util.OptionalInt;

/**
 * A thread as the kernel's scheduler knows it.
 *
 * @param address of its {@code struct task_struct}
 * @param tgid the process: the pid of its first thread
 * @param parentPid 0 if it has none
 * @param comm at most 15 bytes, which the task may have set to anything
 * @param state as {@code ps} shows it: R S D T t X Z P I
 * @param cpu the CPU it runs on or ran on last; empty on kernels for one CPU
 * @param stack the lowest address of its kernel stack; 0 if it has been freed
 * @param isKernelThread without a user address space of its own, ever
 */
public record Task(
        long address,
        int pid,
        int tgid,
        int parentPid,
        String comm,
        char state,
        OptionalInt cpu,
        long stack,
        boolean isKernelThread) {}
