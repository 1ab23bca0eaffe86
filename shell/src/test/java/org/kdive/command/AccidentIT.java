package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.machine.Disk;
import org.kdive.machine.MachineBundle;
import org.kdive.session.BootRequest;

/** What a kernel says of its accidents stops it, is told, kept as a checkpoint and put into a report; on one guest. */
@Timeout(240)
final class AccidentIT {
    private static final String LOCKUP = "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [sh:93]";
    private static final String BLOCKED = "INFO: task sh:93 blocked for more than 120 seconds.";

    @TempDir
    Path scratch;

    private final BootedGuest guest = BootedGuest.none();

    private String answer(String line) {
        return guest.answer(line);
    }

    @AfterEach
    void end() {
        guest.close();
    }

    @Test
    void anAccidentIsToldKeptAndReported() throws IOException {
        Path disk = Files.write(scratch.resolve("disk"), new byte[1 << 20]); // its driver is a module
        guest.boot(BootRequest.of("debian").withCpus(1).withDisks(List.of(new Disk(disk, Disk.Access.SCRATCH))));
        answer("continue &");
        answer("expect console / # within 90s");
        hangs();
        isLeftAloneWhenNobodyWantsToKnow();
        locksUp();
        panics();
        reports();
        answer("undisplay 1");
        assertThat(answer("rewind panic")).contains("1: $lx_current()->pid = ");
    }

    /** With a processor of its own, and by the kernel's own watchdog, which waits for two seconds here and not for 20. */
    private void locksUp() {
        answer("set stop-on-hang on");
        answer("set checkpoint-on-panic off");
        answer("interrupt");
        answer("checkpoint before");
        answer("set hang-timeout 1s");
        assertThat(HangIT.deaf(guest, 0)).contains("CPU 0 has taken no interrupt for 1 s");
        answer("rewind before");
        answer("set hang-timeout off");
        answer("continue &");
        answer("send \"echo 1 > /proc/sys/kernel/watchdog_thresh; echo qu''ick\\n\"");
        answer("expect console quick within 60s");
        answer("expect console / # within 60s"); // else a task that sleeps may have the console
        answer("interrupt");
        assertThat(HangIT.stuck(guest, 0))
                .containsPattern("The kernel hangs: watchdog: BUG: soft lockup - CPU#0 stuck for \\d+s! .(sh|cat):")
                .containsPattern("CPU 0 +0x[0-9a-f]+ <\\w+")
                .contains("endless loop");
        answer("set hang-timeout 30s");
        answer("rewind before");
        oopses();
        runsOutOfMemory();
        answer("set checkpoint-on-panic on");
        answer("continue &");
    }

    /** The shell writes the kernel's words, since a kernel that hangs takes half a minute to say so. */
    private String afterSaying(String words) {
        answer("send \"echo '%s' > /dev/kmsg\\n\"".formatted(words));
        return answer("wait");
    }

    private void hangs() {
        assertThat(afterSaying(LOCKUP)).contains("The kernel hangs: " + LOCKUP).contains("endless loop");
        assertThat(answer("info checkpoints")).containsPattern("1 +hang ");
        answer("continue &");
        assertThat(afterSaying(BLOCKED)).contains(BLOCKED).contains("waits in the kernel");
        assertThat(answer("info checkpoints")).containsPattern("2 +hang-2 ");
    }

    private void isLeftAloneWhenNobodyWantsToKnow() {
        answer("set stop-on-hang off");
        answer("continue &");
        answer("send \"echo '%s' > /dev/kmsg; sleep 1; echo un''hurt\\n\"".formatted(LOCKUP));
        answer("expect console unhurt within 60s");
        assertThat(guest.isRunning()).isTrue();
        assertThat(answer("show stop-on-hang")).contains("off");
    }

    /** In a function of a module, by an instruction that is none. */
    private void oopses() {
        answer("set var *(unsigned short *)virtio_queue_rq = 0x0b0f");
        answer("send \"cat /dev/vda\\n\"");
        assertThat(answer("continue"))
                .startsWith("Kernel oops: invalid opcode: 0000")
                .contains("what the processor was to execute is no instruction")
                .containsPattern(
                        "where +virtio_queue_rq\\+0x0/0x[0-9a-f]+ \\[virtio_blk], in \\S+ .process [0-9]+. on CPU 0");
        answer("rewind before");
    }

    private void runsOutOfMemory() {
        answer("send \"tail /dev/zero; echo 1 > /proc/sys/vm/panic_on_oom; tail /dev/zero\\n\"");
        assertThat(answer("continue"))
                .startsWith("Kernel panic: Out of memory: system-wide panic_on_oom is enabled")
                .contains("out_of_memory");
        answer("expect notice its kernel has killed tail to have some within 20s");
        answer("expect notice panic_on_oom has the kernel give up within 20s");
        answer("rewind before");
    }

    private void panics() {
        answer("interrupt");
        answer("display $lx_current()->pid");
        answer("continue &");
        answer("send \"echo c > /proc/sysrq-trigger\\n\"");
        assertThat(answer("wait")).contains("Kernel panic: sysrq triggered crash");
        assertThat(answer("info checkpoints")).containsPattern("\\* +4 +panic ");
    }

    private void reports() throws IOException {
        Path file = scratch.resolve("bug.kdive");
        assertThat(answer("bundle " + file)).contains("Checkpoint 4 panic, report and console");
        assertThat(MachineBundle.open(file).tag()).isEqualTo("panic");
        try (ZipFile zip = new ZipFile(file.toFile())) {
            assertThat(text(zip, "report.txt"))
                    .startsWith("Kernel panic: sysrq triggered crash")
                    .contains("sysrq_handle_crash")
                    .containsPattern("(?m)^QEMU +\\d+\\.\\d+")
                    .contains("Linux version 6.1")
                    .contains("info tasks");
            assertThat(text(zip, "console.log")).contains("Kernel panic - not syncing: sysrq triggered crash");
        }
    }

    private static String text(ZipFile zip, String name) throws IOException {
        return new String(zip.getInputStream(zip.getEntry(name)).readAllBytes(), StandardCharsets.UTF_8);
    }
}
