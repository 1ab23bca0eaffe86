package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class LastWordsTest {
    private final List<String> said = new ArrayList<>();
    private final List<String> hangs = new ArrayList<>();
    private final LastWords words = new LastWords(said::add, hangs::add);

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "VFS: Unable to mount root fs on unknown-block(0,0) | --initrd FILE",
                "Kernel panic - not syncing: No working init found.  Try passing init= option | rdinit=PATH",
                "Failed to execute /init (error -2) | not there",
                "Failed to execute /init (error -8) | no program for this processor",
                "Kernel panic - not syncing: Requested init /x failed (error -13). | start /x: it is not executable",
                "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000100 | ended with status 1",
                "Kernel panic - not syncing: Attempted to kill init! exitcode=0x00000004 | killed by signal 4",
                "Out of memory: Killed process 95 (tail) total-vm:123kB | has killed tail to have some",
                "Kernel panic - not syncing: Out of memory: system-wide panic_on_oom is enabled | run out of memory",
                "Warning: unable to open an initial console. | console= on the command line names a device",
                "Kernel panic - not syncing: System is deadlocked on memory | --memory",
                "Initramfs unpacking failed: invalid magic at start of compressed archive | invalid magic"
            })
    void saysWhatTheWordsMean(String line, String part) {
        hear("[    1.234567] " + line + "\r\n");

        assertThat(said).singleElement().asString().contains(part);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "watchdog: BUG: soft lockup - CPU#0 stuck for 26s! [sh:93]",
                "BUG: soft lockup - CPU#1 stuck for 22s! [kworker/1:1:40]",
                "watchdog: Watchdog detected hard LOCKUP on cpu 1",
                "INFO: task sh:93 blocked for more than 120 seconds.",
                "rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:",
                "rcu: INFO: rcu_preempt self-detected stall on CPU",
                "rcu: INFO: rcu_sched detected expedited stalls on CPUs/tasks: { 0-... }",
                "BUG: workqueue lockup - pool cpus=0 node=0 flags=0x0 nice=0 stuck for 40s!"
            })
    void hearsThatSomethingHangs(String line) {
        hear("[   41.234567] " + line + "\r\n");
        hear("[   41.234567][    T1] " + line + "\r\n");
        hear("a user says: " + line + "\r\n");

        assertThat(hangs).containsExactly(line, line);
    }

    @Test
    void hearsWordsThatComeInTwoPiecesAndSaysTheirMeaningOnce() {
        byte[] text = "one\nVFS: Unable to mount root fs on x\n".getBytes(StandardCharsets.US_ASCII);
        for (int cut = 0; cut <= text.length; cut++) {
            words.heard(Arrays.copyOfRange(text, 0, cut));
            words.heard(Arrays.copyOfRange(text, cut, text.length));
        }

        assertThat(said).hasSize(1);
    }

    @Test
    void keepsQuietOverAnOrdinaryBootAndALineWithoutEnd() {
        hear("Linux version 6.1.0\nRun /init as init process\n" + "x".repeat(1 << 16));
        hear("VFS: Unable to mount root fs\n");

        assertThat(said).isEmpty();
    }

    private void hear(String text) {
        words.heard(text.getBytes(StandardCharsets.US_ASCII));
    }
}
