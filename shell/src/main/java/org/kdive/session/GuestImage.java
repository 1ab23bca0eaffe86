package org.kdive.session;

import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.IntConsumer;
import org.kdive.qmp.QmpSubscription;
import org.kdive.qmp.QmpValue;

/** All of the guest written to a file by QEMU, for crash, drgn and gdb; the guest stands still meanwhile. Session thread. */
public final class GuestImage {
    private static final Duration SLICE = Duration.ofMillis(200);

    private final MonitorDesk monitors;
    private final RunControl control;
    private final Notices notices;

    GuestImage(MonitorDesk monitors, RunControl control, Notices notices) {
        this.monitors = monitors;
        this.control = control;
        this.notices = notices;
    }

    /** What this QEMU can write for this guest: elf, kdump-zlib ... */
    public List<String> formats() {
        return monitors.call("query-dump-guest-memory-capability", Map.of()).list("formats").stream()
                .map(QmpValue::text)
                .toList();
    }

    /**
     * Writes it, and lets a guest that ran go on. QEMU cannot give up what it has begun: when {@code goesOn} throws, it
     * finishes the file by itself and the guest stays stopped.
     *
     * @param percent told as it grows
     */
    public void write(Path file, String format, IntConsumer percent, Runnable goesOn) {
        Pause pause = Pause.of(control, notices);
        try (QmpSubscription completed = monitors.watch("DUMP_COMPLETED")) {
            Map<String, Object> arguments = new LinkedHashMap<>();
            arguments.put("paging", false);
            arguments.put("protocol", "file:" + file);
            arguments.put("detach", true);
            arguments.put("format", format);
            monitors.call("dump-guest-memory", arguments);
            await(completed, percent, goesOn, file);
        } catch (SessionException e) {
            if (!(e.failure() instanceof SessionFailure.Interrupted)) {
                pause.end();
            }
            throw e;
        } catch (RuntimeException e) {
            pause.end();
            throw e;
        }
        pause.end();
    }

    private void await(QmpSubscription completed, IntConsumer percent, Runnable goesOn, Path file) {
        while (true) {
            var done = completed.poll(SLICE);
            if (done.isPresent()) {
                done.get().data().find("error").ifPresent(error -> {
                    throw new SessionException(
                            "dump guest %s: %s".formatted(file, error.text()),
                            new SessionFailure.Refused(error.text()));
                });
                return;
            }
            QmpValue state = monitors.call("query-dump", Map.of());
            if (state.number("total") > 0) {
                percent.accept((int) (100 * state.number("completed") / state.number("total")));
            }
            goesOn.run();
        }
    }
}
