package org.kdive.faults;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.fetch.Progress;
import org.kdive.session.BootRequest;

/** A few of each fault; {@link FaultSoak} has them by the hundred. */
@Timeout(240)
final class FaultsIT {
    private static final long SEED = 11;

    @TempDir
    private Path directory;

    @Test
    void qemuIsKilledAtAnyMoment() throws Exception {
        try (QemuKills kills = new QemuKills(directory, SEED)) {
            kills.rounds(2 * QemuKills.Moment.values().length);
        }
    }

    @Test
    void kdiveIsKilledAtAnyMoment() throws Exception {
        new KdiveKills(directory, SEED).rounds(2);
    }

    @Test
    void theStubMisbehaves() throws Exception {
        try (StubFaults faults = new StubFaults(directory, SEED)) {
            faults.rounds(12); // all but the one that never answers again
        }
    }

    /** On the QEMU of the path and the newer one: a row of docs/truth.md. */
    @ParameterizedTest
    @ValueSource(strings = {"qemu-system-x86_64", "backports"})
    void theDiskIsFull(String qemu) throws Exception {
        String program = BootRequest.of("debian")
                .withInitrd("none")
                .withQemu(qemu)
                .plan(Progress.silent())
                .spec()
                .qemu();
        new Hardships(directory, SEED).theDiskIsFull(program);
    }

    @Test
    void theRunDirectoryIsGone() throws Exception {
        new Hardships(directory, SEED).theRunDirectoryIsGone();
    }

    @Test
    void twoKdivesOnOneGuest() {
        new Hardships(directory, SEED).twoKdivesOnOneGuest();
    }

    @Test
    void eventsByTheTenThousand() throws Exception {
        new Hardships(directory, SEED).eventsByTheTenThousand(Duration.ofSeconds(2));
    }

    @Test
    void qemuSleeps() {
        try (Sleeps sleeps = new Sleeps(directory)) {
            sleeps.qemuSleeps(Duration.ofMillis(300));
        }
    }

    @Test
    void kdiveSleeps() throws Exception {
        try (Sleeps sleeps = new Sleeps(directory)) {
            sleeps.kdiveSleeps(Duration.ofMillis(1500));
        }
    }
}
