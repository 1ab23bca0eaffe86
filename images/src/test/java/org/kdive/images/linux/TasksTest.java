package org.kdive.images.linux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;
import static org.kdive.images.linux.FakeKernel.POINTER;
import static org.kdive.images.linux.FakeKernel.U32;
import static org.kdive.images.linux.FakeKernel.member;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.ImageException;

final class TasksTest {
    @ParameterizedTest
    @ValueSource(strings = {"__state", "state"})
    void listsProcessesWithTheirThreads(String stateMember) {
        Tasks tasks = Tasks.of(FakeTasks.small(stateMember).live());

        assertThat(tasks.lost()).isEmpty();
        assertThat(tasks.all())
                .extracting(Task::pid, Task::tgid, Task::comm, Task::state, Task::isKernelThread)
                .containsExactly(
                        tuple(0, 0, "swapper/0", 'R', false),
                        tuple(1, 1, "init", 'S', false),
                        tuple(2, 2, "kthreadd", 'I', true),
                        tuple(70, 70, "daemon", 'D', false),
                        tuple(71, 70, "worker", 'R', false));
        Task worker = tasks.all().get(4);
        assertThat(worker.cpu()).hasValue(3);
        assertThat(worker.parentPid()).isEqualTo(1);
        assertThat(worker.stack()).isEqualTo(worker.address() + 0x4000);
    }

    @ParameterizedTest
    @CsvSource({
        "0,R",
        "1,S",
        "0x101,S",
        "2,D",
        "4,T",
        "8,t",
        "0x10,X",
        "0x20,Z",
        "0x40,P",
        "0x402,I",
        "0x8002,D",
        "0x1000,D",
        "0x8000,D"
    })
    void namesStatesAsPsDoes(String state, char letter) {
        FakeKernel kernel = FakeTasks.kernel("__state");
        FakeTasks.task(kernel, FakeTasks.INIT, 0, 0, "x", Long.decode(state));

        assertThat(Tasks.at(kernel.live(), FakeTasks.INIT).state()).isEqualTo(letter);
    }

    @Test
    void seesOnlyTheFirstTaskBeforeThereAreOthers() {
        FakeKernel kernel = FakeTasks.kernel("__state");
        FakeTasks.task(kernel, FakeTasks.INIT, 0, 0, "swapper", 0);
        FakeTasks.processes(kernel);

        assertThat(Tasks.of(kernel.live()).all()).extracting(Task::comm).containsExactly("swapper");
    }

    @Test
    void endsAListThatGoesRoundWithoutItsHead() {
        FakeKernel kernel = FakeTasks.small("__state");
        long daemon = 0xffff888000020000L;
        kernel.put(daemon + 0x10, daemon + 0x10);

        Tasks tasks = Tasks.of(kernel.live());

        assertThat(tasks.all()).hasSize(5);
        assertThat(tasks.lost()).contains("goes round");
    }

    @Test
    void keepsWhatItSawBeforeAnUnreadableLink() {
        FakeKernel kernel = FakeTasks.small("__state");
        kernel.put(0xffff888000010000L + 0x10, 0xdead000000000100L);

        Tasks tasks = Tasks.of(kernel.live());

        assertThat(tasks.all()).extracting(Task::comm).containsExactly("swapper/0", "init");
        assertThat(tasks.lost()).contains("0xdead000000000100");
    }

    @Test
    void saysWhatAKernelWithoutDataSymbolsLacks() {
        assertThatThrownBy(() -> Tasks.of(new FakeKernel().live()))
                .isInstanceOf(ImageException.class)
                .hasMessageContaining("init_task")
                .hasMessageContaining("KALLSYMS_ALL");
    }

    @Test
    void findsTheCurrentTaskOfEachCpu() {
        FakeKernel kernel = FakeTasks.small("__state");
        kernel.symbol("__per_cpu_offset", 0xffffffff82100000L, 'D').symbol("current_task", 0x1fbc0, 'A');
        kernel.put(0xffffffff82100000L, 0xffff88803ec00000L).put(0xffffffff82100008L, 0xffff88803ed00000L);
        kernel.put(0xffff88803ec1fbc0L, FakeTasks.INIT).put(0xffff88803ed1fbc0L, 0xffff888000030000L);

        assertThat(Tasks.current(kernel.live(), 0)).map(Task::comm).contains("swapper/0");
        assertThat(Tasks.current(kernel.live(), 1)).map(Task::comm).contains("worker");
    }

    @Test
    void findsTheCurrentTaskInTheStructOfHotVariables() {
        FakeKernel kernel = FakeTasks.small("__state");
        kernel.struct("pcpu_hot", 64, member("preempt_count", 0, U32), member("current_task", 8, POINTER));
        kernel.symbol("__per_cpu_offset", 0xffffffff82100000L, 'D').symbol("pcpu_hot", 0x30000, 'A');
        kernel.put(0xffffffff82100000L, 0xffff88803ec00000L).put(0xffff88803ec30008L, 0xffff888000020000L);

        assertThat(Tasks.current(kernel.live(), 0)).map(Task::comm).contains("daemon");
    }

    @Test
    void readsTheMaskOfCpusThatAreOnLine() {
        FakeKernel kernel = new FakeKernel();
        kernel.struct("cpumask", 16, member("bits", 0, FakeKernel.array(FakeKernel.U64, 2)));
        kernel.symbol("__cpu_online_mask", 0xffffffff82200000L, 'D');
        kernel.map(0xffffffff82200000L, 16);

        assertThat(PerCpu.online(kernel.live())).containsExactly(0);

        kernel.put(0xffffffff82200000L, 0b1011).put(0xffffffff82200008L, 1);
        assertThat(PerCpu.online(kernel.live())).containsExactly(0, 1, 3, 64);
    }
}
