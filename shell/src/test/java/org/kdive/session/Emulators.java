package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.kdive.machine.GuestArchitecture;

/** QEMU's programs, one for each architecture. */
final class Emulators {
    private Emulators() {}

    /** On CI a missing QEMU is a failure; elsewhere a reason to skip. */
    static void require(GuestArchitecture architecture) {
        String qemu = architecture.qemu();
        boolean there = Stream.of(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(directory -> Files.isExecutable(Path.of(directory, qemu)));
        if (System.getenv("CI") != null) {
            assertThat(there).as(qemu + " on the path").isTrue();
        }
        assumeTrue(there, qemu + " is not on the path");
    }
}
