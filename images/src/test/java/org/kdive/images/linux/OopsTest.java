package org.kdive.images.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** Texts as Debian's kernels wrote them, 6.1 on x86-64 and arm64. */
final class OopsTest {
    private static final String X86 = """
            sysrq: Trigger a crash
            BUG: kernel NULL pointer dereference, address: 0000000000000010
            #PF: supervisor write access in kernel mode
            #PF: error_code(0x0002) - not-present page
            PGD 0 P4D 0\s
            Oops: 0002 [#1] PREEMPT SMP NOPTI
            CPU: 1 PID: 57 Comm: my shell Tainted: G        W          6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2
            Hardware name: QEMU Standard PC (i440FX + PIIX, 1996), BIOS 1.16.2-debian-1.16.2-1 04/01/2014
            RIP: 0010:sysrq_handle_crash+0x16/0x20
            Code: 00 0f 1f 44 00 00
            RSP: 0018:ffffc900001efe30 EFLAGS: 00000246
            Call Trace:
             <TASK>
             __handle_sysrq.cold+0x51/0x123
             ? preempt_count_add+0x7c/0xc0
             write_sysrq_trigger+0x24/0x40 [fake]
             </TASK>
            Modules linked in:
            CR2: 0000000000000010
            ---[ end trace 0000000000000000 ]---
            RIP: 0010:other+0x16/0x20
            """;

    private static Optional<Oops> last(String text) {
        return Oops.last(text.lines().toList());
    }

    @Test
    void anOopsIsWhereItWasAndWhoRanAndHowItGotThere() {
        Oops oops = last(X86).orElseThrow();

        assertThat(oops.headline()).isEqualTo("BUG: kernel NULL pointer dereference, address: 0000000000000010");
        assertThat(oops.panic()).isFalse();
        assertThat(oops.address()).isEqualTo(OptionalLong.of(0x10));
        assertThat(oops.place()).isEqualTo("sysrq_handle_crash+0x16/0x20");
        assertThat(oops.task()).contains(new Oops.Victim("my shell", 57, 1));
        assertThat(oops.taint()).isEqualTo("GW");
        assertThat(oops.calls())
                .containsExactly("__handle_sysrq.cold+0x51/0x123", "write_sysrq_trigger+0x24/0x40 [fake]");
    }

    @Test
    void aPanicBecauseOfAnOopsIsThatOops() {
        Oops oops = last(X86 + "Kernel panic - not syncing: Fatal exception in interrupt\n")
                .orElseThrow();

        assertThat(oops.headline()).startsWith("BUG: kernel NULL pointer");
        assertThat(oops.panic()).isTrue();
    }

    @Test
    void aPanicOfItsOwnIsNotTheOopsBeforeIt() {
        Oops oops = last(X86 + """
                Kernel panic - not syncing: VFS: Unable to mount root fs on unknown-block(0,0)
                CPU: 0 PID: 1 Comm: swapper/0 Not tainted 6.1.0-56-cloud-amd64 #1  Debian 6.1.192-2
                Call Trace:
                 <TASK>
                 dump_stack_lvl+0x45/0x5a
                 panic+0x117/0x2fb
                """).orElseThrow();

        assertThat(oops.headline()).isEqualTo("VFS: Unable to mount root fs on unknown-block(0,0)");
        assertThat(oops.task()).contains(new Oops.Victim("swapper/0", 1, 0));
        assertThat(oops.taint()).isEmpty();
        assertThat(oops.calls()).containsExactly("dump_stack_lvl+0x45/0x5a", "panic+0x117/0x2fb");
    }

    @Test
    void arm64SpellsItItsOwnWay() {
        Oops oops = last("""
                Unable to handle kernel NULL pointer dereference at virtual address 0000000000000008
                Mem abort info:
                  ESR = 0x0000000096000044
                Internal error: Oops: 0000000096000044 [#1] SMP
                Modules linked in:
                CPU: 0 PID: 1 Comm: sh Not tainted 6.1.0-56-cloud-arm64 #1  Debian 6.1.192-2
                pstate: 60000005 (nZCv daif -PAN -UAO -TCO -DIT -SSBS BTYPE=--)
                pc : sysrq_handle_crash+0x20/0x28
                lr : sysrq_handle_crash+0x10/0x28
                Call trace:
                 sysrq_handle_crash+0x20/0x28
                 __handle_sysrq+0x90/0x1b0
                Code: d65f03c0 d503201f
                 not_a_call+0x20/0x28
                """).orElseThrow();

        assertThat(oops.address()).isEqualTo(OptionalLong.of(8));
        assertThat(oops.place()).isEqualTo("sysrq_handle_crash+0x20/0x28");
        assertThat(oops.calls()).containsExactly("sysrq_handle_crash+0x20/0x28", "__handle_sysrq+0x90/0x1b0");
    }

    @Test
    void aLogWithoutAnAccidentHasNone() {
        assertThat(Oops.last(List.of())).isEmpty();
        assertThat(last("Linux version 6.1\nRun /init as init process\n")).isEmpty();
    }

    @Test
    void aPlaceWithoutASymbolIsTheAddress() {
        Oops oops = last("""
                BUG: unable to handle page fault for address: ffffffffdeadbeef
                CPU: 99999999999 PID: 1 Comm: x Not tainted 6.1
                RIP: 0010:0xffffffffc0000123
                """).orElseThrow();

        assertThat(oops.address()).isEqualTo(OptionalLong.of(0xffffffffdeadbeefL));
        assertThat(oops.place()).isEqualTo("0xffffffffc0000123");
        assertThat(oops.task().orElseThrow().cpu()).isEqualTo(-1);
    }

    @Test
    void aLockupShortlyBeforeIsAnotherAccident() {
        Oops oops = Oops.last(List.of(
                        "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [sh:93]",
                        "invalid opcode: 0000 [#1] PREEMPT SMP NOPTI",
                        "RIP: 0010:virtio_queue_rq+0x0/0x1c0 [virtio_blk]"))
                .orElseThrow();

        assertThat(oops.headline()).startsWith("invalid opcode: 0000");
    }
}
