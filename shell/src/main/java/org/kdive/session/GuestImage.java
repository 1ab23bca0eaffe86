package org.kdive.session;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.IntConsumer;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.qmp.QmpSubscription;
import org.kdive.qmp.QmpValue;

/** All of the guest written to a file by QEMU, for crash, drgn and gdb; the guest stands still meanwhile. Session thread. */
public final class GuestImage {
    private static final Duration SLICE = Duration.ofMillis(200);

    private static final Duration CLOSED = Duration.ofSeconds(2);
    private static final Duration LOOK_AGAIN = Duration.ofMillis(1);

    private final Target target;
    private final MonitorDesk monitors;
    private final RunControl control;
    private final Notices notices;

    GuestImage(Target target, MonitorDesk monitors, RunControl control, Notices notices) {
        this.target = target;
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
     * finishes {@link #partial} by itself and the guest stays stopped.
     *
     * @param percent told as it grows
     * @return whether the file has the VMCOREINFO note; true for a format that has none
     */
    public boolean write(Path file, String format, IntConsumer percent, Runnable goesOn) {
        Path partial = partial(file);
        Pause pause = Pause.of(control, notices);
        Stop stop = pause.stop();
        DumpFinish.Rest rest;
        try (QmpSubscription completed = monitors.watch("DUMP_COMPLETED")) {
            Map<String, Object> arguments = new LinkedHashMap<>();
            arguments.put("paging", false);
            arguments.put("protocol", "file:" + partial);
            arguments.put("detach", true);
            arguments.put("format", format);
            monitors.call("dump-guest-memory", arguments);
            await(completed, percent, goesOn, file);
            awaitClosed(partial);
            Files.move(partial, file, StandardCopyOption.REPLACE_EXISTING);
            rest = DumpFinish.of(file, format, target.findProgram(), target.memory(stop.thread()));
        } catch (RuntimeException e) {
            if (e instanceof SessionException left && left.failure() instanceof SessionFailure.Interrupted) {
                throw e;
            }
            if (!(e instanceof QmpException other && other.failure() instanceof QmpFailure.Refused)) {
                discard(partial); // what is refused while another dump goes on is that one's file
            }
            pause.end();
            throw e;
        } catch (IOException e) {
            pause.end();
            throw new SessionException(
                    "dump guest %s: %s".formatted(file, e), new SessionFailure.Io(file.toString()), e);
        }
        pause.end();
        return rest.write();
    }

    /** What is written until all of it is there: half a file is none. A pipe or a device is written into. */
    public static Path partial(Path file) {
        boolean isFile = !Files.exists(file) || Files.isRegularFile(file);
        return isFile ? file.resolveSibling(file.getFileName() + ".partial") : file;
    }

    /**
     * QEMU (7.2 and 10.0, dump/dump.c, dump_process) says that it is done, and closes the file after that: a dump that begins
     * between the two has its file closed under it, "failed to save memory: Bad file descriptor".
     */
    private void awaitClosed(Path written) {
        long end = System.nanoTime() + CLOSED.toNanos();
        while (target.machine().filter(ours -> ours.holds(written)).isPresent() && System.nanoTime() < end) {
            LockSupport.parkNanos(LOOK_AGAIN.toNanos());
        }
    }

    private static void discard(Path partial) {
        try {
            if (Files.isRegularFile(partial)) {
                Files.delete(partial);
            }
        } catch (IOException e) {
            // it could not be written either; the first failure is the one to tell
        }
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
