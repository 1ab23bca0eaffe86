package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.fetch.Progress;
import org.kdive.machine.GuestArchitecture;
import org.kdive.machine.MachineException;
import org.kdive.machine.Recording;

/** A run is recorded, and runs again: the same, to the instruction. */
@Timeout(240)
final class ReplayIT {
    @TempDir
    private Path work;

    @Test
    void x86RunsAgain() throws IOException {
        Emulators.require(GuestArchitecture.X86_64);
        Path recording = work.resolve("x86");
        Recorded seen = record("debian", recording);
        replay(recording, seen);
        refusals(recording);
    }

    @Test
    void arm64RunsAgain() {
        Emulators.require(GuestArchitecture.AARCH64);
        Path recording = work.resolve("arm64");
        replay(recording, record("debian/arm64", recording));
    }

    /** What was seen while it was recorded. */
    private record Recorded(long startKernel, long slide, long restInit, long sp) {}

    private static Recorded record(String kernel, Path into) {
        BootPlan plain = BootRequest.of(kernel).plan(Progress.silent());
        BootPlan plan =
                new BootPlan(plain.spec().with(Recording.into(into)), plain.architecture(), true, plain.kernel());
        try (Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.boot(plan));
            Stop start = guest.bootedTo("start_kernel");
            long startKernel = guest.on(start::pc);
            assertThatThrownBy(() -> guest.on(() -> guest.session.evaluate("*(long *)$sp = 1")))
                    .hasMessageContaining("without --record");
            Stop rest = guest.bootedTo("rest_init");
            return new Recorded(
                    startKernel,
                    guest.on(() -> guest.session.target().slideBytes()),
                    guest.on(rest::pc),
                    guest.on(() -> rest.registers().sp()));
        }
    }

    private static void replay(Path from, Recorded seen) {
        try (Guest guest = Guest.idle()) {
            guest.on(() -> guest.session.boot(BootPlan.replay(from, null, null, Progress.silent())));
            Stop start = guest.bootedTo("start_kernel");
            assertThat(guest.on(start::pc)).isEqualTo(seen.startKernel());
            assertThat(guest.on(() -> guest.session.target().slideBytes())).isEqualTo(seen.slide());

            Stop end = guest.resume();

            assertThat(end.cause()).isEqualTo(new Cause.NoMoreHistory(true));
            assertThat(guest.on(() -> end.registers().sp())).isNotZero();
            assertThatThrownBy(() -> guest.on(() -> guest.session.resume()))
                    .hasMessageContaining("the recording ends here");
        }
    }

    private static void refusals(Path from) throws IOException {
        assertThatThrownBy(() -> BootPlan.replay(from, "debian/arm64", null, Progress.silent()))
                .hasMessageContaining("another kernel");
        Path facts = from.resolve("machine.properties");
        Files.writeString(facts, Files.readString(facts).replaceAll("(?m)^instructions=.*$", ""));
        assertThatThrownBy(() -> BootPlan.replay(from, null, null, Progress.silent()))
                .isInstanceOf(MachineException.class)
                .hasMessageContaining("never finished");
    }
}
