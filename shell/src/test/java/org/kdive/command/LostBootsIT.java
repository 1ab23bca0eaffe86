package org.kdive.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.Architecture;
import org.kdive.images.fetch.BusyboxFetcher;
import org.kdive.images.fetch.Progress;
import org.kdive.session.BootRequest;

/** Boots that never had a chance: the guest stops by itself, and the usual cause is told in plain words. */
@Timeout(240)
final class LostBootsIT {
    private static final BootRequest STOCK = BootRequest.of("debian").withCpus(1);

    @TempDir
    private Path directory;

    private final BootedGuest guest = BootedGuest.none();

    @AfterEach
    void end() {
        guest.close();
    }

    private void endsIn(BootRequest boot, String panic, String... causes) {
        guest.boot(boot);
        guest.answer("set checkpoint-on-panic off");
        assertThat(guest.answer("continue"))
                .startsWith("Kernel panic: " + panic)
                .contains("where ");
        for (String cause : causes) {
            guest.answer("expect notice %s within 20s".formatted(cause));
        }
    }

    /** A root with this {@code /init} and busybox. */
    private BootRequest root(String init) throws IOException {
        Path file = Files.writeString(directory.resolve("init"), init + "\n");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path busybox = BusyboxFetcher.ofUser().fetch(Architecture.X86_64, Progress.silent());
        Files.copy(
                busybox,
                directory.resolve("busybox"),
                StandardCopyOption.REPLACE_EXISTING,
                StandardCopyOption.COPY_ATTRIBUTES);
        return STOCK.withInitrd(directory.toString());
    }

    @Test
    void noRootAndNoInitAndOneThatDies() throws IOException {
        endsIn(
                STOCK.withInitrd("none"),
                "VFS: Unable to mount root fs on unknown-block(0,0)",
                "The kernel has no root file system");
        endsIn(
                root("#!/nosuch"),
                "No working init found.",
                "could not start /init: it is not there, or what interprets it",
                "The kernel has nothing to run as its first process");
        endsIn(
                root("#!/busybox sh\nexit 3"),
                "Attempted to kill init! exitcode=0x00000300",
                "The first process ended with status 3");
    }

    @Test
    void tooLittleMemory() throws IOException {
        byte[] noise = new byte[48 << 20];
        new Random(1).nextBytes(noise);
        Files.write(directory.resolve("noise"), noise);
        BootRequest large = STOCK.withInitrd(directory.toString());
        assertThatThrownBy(() -> guest.boot(large.withMemoryBytes(48L << 20)))
                .hasMessageContaining("more than the guest's memory of 48 MiB; --memory");
        endsIn(large.withMemoryBytes(104L << 20), "System is deadlocked on memory", "too little memory to boot");
    }

    @Test
    void nothingOnTheLineThatIsShown() throws IOException {
        guest.boot(root("#!/busybox sh\nexec /busybox sleep 1000")
                .withAppend(List.of("quiet", "loglevel=0", "console=ttyS1")));
        guest.answer("continue &");
        guest.answer("expect notice The kernel runs and has said nothing on its serial line within 60s");
        guest.answer("interrupt");
        assertThat(guest.answer("dmesg")).contains("Run /init as init process");
    }
}
