package org.kdive.images.linux;

import static org.kdive.images.linux.FakeKernel.POINTER;
import static org.kdive.images.linux.FakeKernel.S32;
import static org.kdive.images.linux.FakeKernel.U32;
import static org.kdive.images.linux.FakeKernel.U64;
import static org.kdive.images.linux.FakeKernel.member;
import static org.kdive.images.linux.FakeKernel.text;

import org.kdive.images.types.StructType;

/** Tasks in a fake kernel's memory. */
final class FakeTasks {
    static final long INIT = 0xffffffff82000000L;
    private static final int TASKS = 0x10;
    private static final int THREAD_NODE = 0x20;
    private static final int SIGNAL = 0x30;

    private FakeTasks() {}

    /** @param state what the kernel calls the member */
    static FakeKernel kernel(String state) {
        FakeKernel kernel = new FakeKernel();
        StructType list = kernel.struct("list_head", 16, member("next", 0, POINTER), member("prev", 8, POINTER));
        StructType info = kernel.struct("thread_info", 16, member("flags", 0, U64), member("cpu", 8, U32));
        kernel.struct("signal_struct", 64, member("thread_head", 0x18, list));
        kernel.struct(
                "task_struct",
                0x100,
                member("thread_info", 0, info),
                member("tasks", TASKS, list),
                member("thread_node", THREAD_NODE, list),
                member("signal", SIGNAL, POINTER),
                member("pid", 0x38, S32),
                member("tgid", 0x3c, S32),
                member("comm", 0x40, text(16)),
                member(state, 0x50, U32),
                member("exit_state", 0x54, S32),
                member("flags", 0x58, U32),
                member("stack", 0x60, POINTER),
                member("real_parent", 0x68, POINTER));
        kernel.symbol("init_task", INIT, 'D');
        kernel.map(INIT, 4096);
        return kernel;
    }

    static void task(FakeKernel kernel, long address, int pid, int tgid, String comm, long state) {
        kernel.map(address, 0x100);
        kernel.put(address + 0x38, pid, 4).put(address + 0x3c, tgid, 4);
        kernel.put(address + 0x40, comm).put(address + 0x50, state, 4);
        kernel.put(address + 0x60, address + 0x4000).put(address + 0x68, INIT);
        kernel.put(address + SIGNAL, address + 0x800);
        kernel.map(address + 0x800, 64);
        kernel.list(address + 0x818, address + THREAD_NODE);
    }

    /** All leaders, without init_task. */
    static void processes(FakeKernel kernel, long... leaders) {
        long[] links = leaders.clone();
        for (int i = 0; i < links.length; i++) {
            links[i] += TASKS;
        }
        kernel.list(INIT + TASKS, links);
    }

    static void threads(FakeKernel kernel, long leader, long... others) {
        long[] links = new long[others.length + 1];
        links[0] = leader + THREAD_NODE;
        for (int i = 0; i < others.length; i++) {
            links[i + 1] = others[i] + THREAD_NODE;
            kernel.put(others[i] + SIGNAL, leader + 0x800);
        }
        kernel.list(leader + 0x818, links);
    }

    /** init, a daemon of two threads, a kernel thread. */
    static FakeKernel small(String state) {
        FakeKernel kernel = kernel(state);
        long init = 0xffff888000010000L;
        long daemon = 0xffff888000020000L;
        long worker = 0xffff888000030000L;
        long kthread = 0xffff888000040000L;
        task(kernel, INIT, 0, 0, "swapper/0", 0);
        task(kernel, init, 1, 1, "init", 1);
        task(kernel, daemon, 70, 70, "daemon", 2);
        task(kernel, worker, 71, 70, "worker", 0);
        task(kernel, kthread, 2, 2, "kthreadd", 0x402);
        kernel.put(kthread + 0x58, 0x00208040, 4);
        kernel.put(worker + 8, 3, 4).put(worker + 0x68, init);
        processes(kernel, init, kthread, daemon);
        threads(kernel, daemon, worker);
        return kernel;
    }
}
