package org.kdive.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** {@code kdive attach} to an arm64 QEMU started by hand, a kernel in it whose symbol table has functions only. */
@Timeout(300)
final class AttachArm64IT {
    @TempDir
    private Path machine;

    @TempDir
    private Path directory;

    @Test
    void findsTheKernelWithItsImageAndWithout() throws Exception {
        try (ForeignQemu qemu = ForeignQemu.boot(
                machine, "debian/arm64", "ttyAMA0", "qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57")) {
            try (KdiveProcess kdive = KdiveProcess.start(
                    directory, "attach", "--gdb", qemu.endpoint("gdb"), "--kernel", "debian/arm64")) {
                kdive.type("info kaslr\nquit\n");
                assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
                assertThat(kdive.out())
                        .containsPattern("read off the exception vectors, banner checked\n"
                                + " {2}vmcoreinfo: KERNELOFFSET is 0x[0-9a-f]+: agrees\n"
                                + " {2}vmcoreinfo: _stext is at 0x[0-9a-f]+: agrees\n"
                                + " {2}vmcoreinfo: build-id [0-9a-f]{40}, the image's\n");
            }
            try (KdiveProcess kdive = KdiveProcess.start(directory, "attach", "--gdb", qemu.endpoint("gdb"))) {
                kdive.type("info kaslr\ninfo tasks\nprint init_task.comm\nbacktrace\n"
                        + "print ((struct syscall_metadata *)&__syscall_meta__openat)->args[0]\nquit\n");
                assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
                assertThat(kdive.out())
                        .containsPattern("told by the guest's vmcoreinfo\n {2}mapped from .*MODULES_END.*: agrees\n")
                        .contains("[kthreadd]", "\"swapper/0", "start_kernel+")
                        .containsPattern("= 0x[0-9a-f]+.* \"dfd\"");
            }
            try (KdiveProcess kdive = KdiveProcess.start(directory, "attach", "--qmp", qemu.endpoint("qmp"))) {
                kdive.type("info kaslr\nprint init_task.comm\nbacktrace\nquit\n");
                assertThat(kdive.end()).as(kdive.err() + kdive.out()).isZero();
                assertThat(kdive.out())
                        .containsPattern("told by the guest's vmcoreinfo\n {2}mapped from .*MODULES_END.*: agrees\n")
                        .contains("\"swapper/0", "start_kernel+");
            }
            assertThat(qemu.isAlive()).isTrue();
        }
    }
}
