package org.kdive.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class RunDirectoryTest {
    @TempDir
    private Path dir;

    @Test
    void refusesAPathTooLongForASocketAndLeavesNothing() throws IOException {
        Path deep = Files.createDirectories(dir.resolve("d".repeat(100)));
        MachineException e = catchThrowableOfType(MachineException.class, () -> RunDirectory.createIn(deep));
        assertThat(e).hasMessageContaining("XDG_RUNTIME_DIR").hasMessageContaining(deep.toString());
        assertThat(e.failure()).isInstanceOf(MachineFailure.SocketPathTooLong.class);
        try (Stream<Path> left = Files.list(deep)) {
            assertThat(left).isEmpty();
        }
    }

    @Test
    void removesALinkAndNotWhatItPointsTo() throws IOException {
        Path precious = Files.createDirectory(dir.resolve("precious"));
        Files.writeString(precious.resolve("file"), "kept");
        RunDirectory run = RunDirectory.createIn(dir);
        Files.createSymbolicLink(run.shareSlot(Share.Access.MAPPED, 0), precious);
        run.remove();
        run.remove();
        assertThat(run.path()).doesNotExist();
        assertThat(precious.resolve("file")).hasContent("kept");
    }

    @Test
    void saysWhereItCouldNotBeMade() {
        MachineException e =
                catchThrowableOfType(MachineException.class, () -> RunDirectory.createIn(dir.resolve("absent")));
        assertThat(e.failure()).isEqualTo(new MachineFailure.NoRunDirectory(dir.resolve("absent")));
    }

    @Test
    void whatAKilledProcessLeftIsRemovedAndNothingElse() throws IOException {
        RunDirectory run = RunDirectory.createIn(dir);
        Path left = Files.createDirectory(dir.resolve("kdive-1-left"));
        Files.createFile(left.resolve("claim"));
        Files.createFile(left.resolve("vm0.qcow2"));
        Path old = Files.createDirectory(dir.resolve("kdive-1-old"));
        Files.setLastModifiedTime(old, FileTime.from(Instant.now().minusSeconds(3600)));
        Path beginning = Files.createDirectory(dir.resolve("kdive-1-beginning"));
        Path other = Files.createDirectory(dir.resolve("kdive-demo123"));
        Path link = Files.createSymbolicLink(dir.resolve("kdive-1-link"), other);

        Leftovers.sweep(run.path());

        assertThat(List.of(left, old)).allSatisfy(gone -> assertThat(gone).doesNotExist());
        assertThat(List.of(run.path(), beginning, other, link))
                .allSatisfy(kept -> assertThat(kept).exists());
    }
}
