package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Directories plugged into a real QEMU. */
@Timeout(60)
final class SharesIT {
    @TempDir
    private Path dir;

    @BeforeAll
    static void requireQemu() {
        Qemu.require();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pc", "q35"})
    void sharesAnyDirectoryAfterTheLaunch(String type) throws IOException {
        MachineSpec spec = MachineSpec.builder()
                .machine(type)
                .share(new Share(Files.createDirectory(dir.resolve("first")), "first", Share.Access.MAPPED))
                .build();
        Path late = Files.createDirectory(dir.resolve("late")).toRealPath();
        try (Machine machine = Machine.boot(spec, Qemu.SOON)) {
            machine.shares().add(new Share(late, "late", Share.Access.READ_ONLY));
            assertThat(machine.shares().list()).extracting(Share::tag).containsExactly("first", "late");
            assertThat(openedBy(machine.pid())).contains(late);
        }
        assertThat(late).exists();
    }

    private static List<Path> openedBy(long pid) throws IOException {
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            return all.map(SharesIT::target).toList();
        }
    }

    private static Path target(Path link) {
        try {
            return Files.readSymbolicLink(link);
        } catch (IOException closedMeanwhile) {
            return link;
        }
    }

    @Test
    void saysWhatCannotBeShared() {
        MachineSpec spec = MachineSpec.builder().shareSlots(1).build();
        try (Machine machine = Machine.boot(spec, Qemu.SOON)) {
            Shares shares = machine.shares();
            assertThat(failure(() -> shares.add(new Share(dir.resolve("absent"), "t", Share.Access.MAPPED))))
                    .isInstanceOf(MachineFailure.NotADirectory.class);
            shares.add(new Share(dir, "t", Share.Access.MAPPED));
            assertThat(failure(() -> shares.add(new Share(dir, "t", Share.Access.READ_ONLY))))
                    .isInstanceOf(MachineFailure.TagTaken.class);
            assertThat(failure(() -> shares.add(new Share(dir, "u", Share.Access.MAPPED))))
                    .isEqualTo(new MachineFailure.NoShareSlot(1));
            shares.add(new Share(dir, "u", Share.Access.READ_ONLY));
            assertThat(failure(() -> shares.remove("v", Duration.ZERO))).isEqualTo(new MachineFailure.NoShare("v"));
            // A stopped guest lets go of nothing.
            assertThat(failure(() -> shares.remove("t", Duration.ofMillis(100))))
                    .isEqualTo(new MachineFailure.ShareInUse("t"));
        }
    }

    private static MachineFailure failure(Runnable deed) {
        return catchThrowableOfType(MachineException.class, deed::run).failure();
    }
}
