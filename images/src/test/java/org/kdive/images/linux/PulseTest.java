package org.kdive.images.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kdive.images.linux.FakeKernel.POINTER;
import static org.kdive.images.linux.FakeKernel.S32;
import static org.kdive.images.linux.FakeKernel.U32;
import static org.kdive.images.linux.FakeKernel.U64;
import static org.kdive.images.linux.FakeKernel.array;
import static org.kdive.images.linux.FakeKernel.member;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;
import org.kdive.images.types.StructType;

final class PulseTest {
    private static final long DATA = 0xffffffff82000000L;
    private static final long OFFSETS = DATA + 0x100;
    private static final long ONLINE = DATA + 0x200;
    private static final long STATE = DATA + 0x300;
    private static final long PANIC = DATA + 0x304;
    private static final long INIT = DATA + 0x400;
    private static final long KSTAT = 0x1000;
    private static final long CPUSTAT = 0x1100;
    private static final long QUEUES = 0x2000;
    private static final long AREA = 0xffff888000100000L; // of the first CPU; the second's is a MiB on
    private static final int CFS = 0x40;

    /** Two CPUs: the first runs a task and one waits, the second is idle. */
    private static FakeKernel kernel() {
        FakeKernel kernel = new FakeKernel();
        kernel.struct("cpumask", 8, member("bits", 0, array(U64, 1)));
        kernel.struct("kernel_stat", 16, member("irqs_sum", 0, U64), member("softirqs", 8, array(U32, 2)));
        kernel.struct("kernel_cpustat", 16, member("cpustat", 0, array(U64, 2)));
        StructType fair = kernel.struct("cfs_rq", 16, member("nr_running", 0, U32));
        kernel.struct(
                "rq",
                0x80,
                member("nr_running", 0, U32),
                member("nr_switches", 8, U64),
                member("curr", 16, POINTER),
                member("idle", 24, POINTER),
                member("cpu", 32, S32),
                member("cfs", CFS, fair));
        StructType entity = kernel.struct("sched_entity", 8, member("cfs_rq", 0, POINTER));
        kernel.struct("task_struct", 0x40, member("se", 0x10, entity));
        kernel.symbol("__per_cpu_offset", OFFSETS, 'D').symbol("__cpu_online_mask", ONLINE, 'D');
        kernel.symbol("system_state", STATE, 'D').symbol("kstat", KSTAT, 'd').symbol("kernel_cpustat", CPUSTAT, 'd');
        kernel.map(DATA, 4096).put(OFFSETS, AREA).put(OFFSETS + 8, AREA + 0x100000);
        kernel.put(ONLINE, 3).put(STATE, 3, 4).put(PANIC, -1, 4);
        for (int cpu = 0; cpu < 2; cpu++) {
            kernel.map(area(cpu, KSTAT), 0x200).map(area(cpu, QUEUES), 0x80);
            kernel.put(area(cpu, QUEUES) + 32, cpu, 4)
                    .put(area(cpu, QUEUES) + 24, 0x111)
                    .put(area(cpu, QUEUES) + 8, 70 + cpu);
        }
        kernel.put(area(0, QUEUES), 2, 4).put(area(0, QUEUES) + 16, 0x222);
        kernel.put(area(1, QUEUES) + 16, 0x111);
        return kernel;
    }

    private static long area(int cpu, long variable) {
        return AREA + 0x100000L * cpu + variable;
    }

    @Test
    void tellsWhatEachCpuHasDone() {
        assertThat(Pulse.of(kernel().symbol("runqueues", QUEUES, 'd').live()))
                .satisfiesExactly(
                        busy -> assertThat(busy)
                                .isEqualTo(new Pulse(0, busy.heartbeat(), OptionalLong.of(70), 1, false)),
                        idle -> assertThat(idle)
                                .isEqualTo(new Pulse(1, idle.heartbeat(), OptionalLong.of(71), 0, true)));
    }

    @Test
    void findsTheRunQueuesOfAKernelThatDoesNotNameThem() {
        FakeKernel kernel = kernel().symbol("init_task", INIT, 'D').put(INIT + 0x10, area(0, QUEUES) + CFS);
        assertThat(Pulse.of(kernel.live())).extracting(Pulse::waiting).containsExactly(1L, 0L);
        FakeKernel other = kernel().symbol("init_task", INIT, 'D').put(INIT + 0x10, area(1, QUEUES) + CFS);
        assertThat(Pulse.of(other.live())).extracting(Pulse::switches).containsOnly(OptionalLong.empty());
    }

    @Test
    void anInterruptOrATickIsAnotherHeartbeat() {
        FakeKernel kernel = kernel();
        int before = Pulse.of(kernel.live()).get(1).heartbeat();
        kernel.put(area(1, KSTAT) + 8, 1, 4);
        int interrupted = Pulse.of(kernel.live()).get(1).heartbeat();
        kernel.put(area(1, CPUSTAT) + 8, 4_000_000);
        assertThat(interrupted).isNotEqualTo(before);
        assertThat(Pulse.of(kernel.live()).get(1).heartbeat()).isNotEqualTo(interrupted);
    }

    @Test
    void tellsNothingOfAKernelThatIsNotUpOrNotAtWork() {
        assertThat(Pulse.of(kernel().put(STATE, 0, 4).live())).isEmpty();
        assertThat(Pulse.of(kernel().symbol("panic_cpu", PANIC, 'd').live())).hasSize(2);
        assertThat(Pulse.of(kernel().symbol("panic_cpu", PANIC, 'd')
                        .put(PANIC, 0, 4)
                        .live()))
                .isEmpty();
        assertThat(Pulse.of(new FakeKernel().live())).isEmpty();
        FakeKernel early = kernel().put(OFFSETS + 8, 0x10);
        assertThatThrownBy(() -> Pulse.of(early.live())).isInstanceOf(ImageException.class);
    }
}
