package org.kdive.faults;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

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
}
