package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.awaitility.Awaitility;

/** The host's QEMU, and ways to see that none is left. */
final class Qemu {
    static final Duration SOON = Duration.ofSeconds(20);

    private Qemu() {}

    /** On CI a missing QEMU is a failure; elsewhere a reason to skip. */
    static void require() {
        boolean there =
                HostPrograms.find("qemu-system-x86_64", System.getenv("PATH")).isPresent();
        if (System.getenv("CI") != null) {
            assertThat(there).as("qemu-system-x86_64 on the path").isTrue();
        }
        assumeTrue(there, "qemu-system-x86_64 is not on the path");
    }

    static boolean isAlive(long pid) {
        // A zombie whose parent was killed with it is gone for our purposes: nothing of it runs.
        return ProcessHandle.of(pid).isPresent() && !isZombie(pid);
    }

    private static boolean isZombie(long pid) {
        try {
            String stat = Files.readString(Path.of("/proc/" + pid + "/stat"));
            return stat.charAt(stat.lastIndexOf(')') + 2) == 'Z';
        } catch (java.io.IOException gone) {
            return true;
        }
    }

    static void awaitGone(long pid, Path run) {
        Awaitility.await("QEMU %d gone, %s gone".formatted(pid, run))
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(5))
                .until(() -> !isAlive(pid) && Files.notExists(run));
    }
}
