package org.kdive.faults;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.kdive.command.Complaint;
import org.kdive.command.FrontEnd;
import org.kdive.command.Interpreter;
import org.kdive.command.RecordingOutput;
import org.kdive.command.Settings;
import org.kdive.command.Verbs;
import org.kdive.images.Architecture;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineSpec;
import org.kdive.session.AttachPlan;
import org.kdive.session.BootPlan;
import org.kdive.session.Session;
import org.kdive.session.SessionListener;

/** A session that is spoken to in lines, as a user does, and that has to answer each by a deadline. */
final class Rig implements AutoCloseable {
    /** What kdive promises at most for a peer that is dead: nothing waits longer. */
    static final Duration SOON = Duration.ofSeconds(10);

    final Session session = Session.open();
    final List<String> ended = Collections.synchronizedList(new ArrayList<>());
    final List<String> notices = Collections.synchronizedList(new ArrayList<>());
    private final Interpreter interpreter =
            new Interpreter(new Verbs(new Settings()).all(), session, FrontEnd.UNATTENDED);
    private final ExecutorService typist = Executors.newSingleThreadExecutor(work -> {
        Thread thread = new Thread(work, "typist");
        thread.setDaemon(true);
        return thread;
    });

    Rig() {
        session.listen(new SessionListener() {
            @Override
            public void ended(String how) {
                ended.add(how);
            }

            @Override
            public void notice(String line) {
                notices.add(line);
            }
        });
    }

    /** The cheapest machine there is: 16 MiB and QEMU's own firmware. */
    static MachineSpec.Builder small() {
        return MachineSpec.builder().memoryBytes(16 << 20);
    }

    static BootPlan plan(MachineSpec spec) {
        return new BootPlan(spec, Architecture.X86_64, false, Optional::empty);
    }

    static Rig boot(MachineSpec spec) {
        Rig rig = new Rig();
        try {
            rig.within(SOON, "boot", () -> rig.session.call(() -> rig.session.boot(plan(spec))));
            return rig;
        } catch (RuntimeException | Error e) {
            rig.close();
            throw e;
        }
    }

    /** Why it could not be joined, as the user would read it; empty when it could. */
    Optional<String> attach(AttachPlan plan) {
        Said said = within(SOON.multipliedBy(2), "attach", () -> {
            try {
                session.call(() -> session.attach(plan));
                return new Said("attach", "", Optional.empty(), Duration.ZERO);
            } catch (RuntimeException e) {
                return new Said("attach", "", Optional.of(Complaint.of(e)), Duration.ZERO);
            }
        });
        return said.isFine() ? Optional.empty() : Optional.of(said.require());
    }

    Machine machine() {
        return session.call(() -> session.hypervisor().requireMachine());
    }

    /** What a line brought: its answer, or its complaint as the user would read it. */
    record Said(String line, String answer, Optional<Complaint> complaint, Duration took) {
        boolean isFine() {
            return complaint.isEmpty();
        }

        /** A complaint that is one line and no bug. */
        String require() {
            Complaint told = complaint.orElseThrow(() -> new AssertionError(line + ": no complaint, but " + answer));
            if (told.bug() || told.text().contains("\n") || told.text().isBlank()) {
                throw new AssertionError("%s: complains badly: %s".formatted(line, told));
            }
            return told.text();
        }
    }

    Said say(String line) {
        return say(line, SOON);
    }

    /** Throws AssertionError with the stacks of all threads when the line has no end by then. */
    Said say(String line, Duration deadline) {
        RecordingOutput output = new RecordingOutput();
        long begun = System.nanoTime();
        Optional<Complaint> complaint = within(deadline, line, () -> {
            try {
                interpreter.execute(line, output);
                return Optional.empty();
            } catch (RuntimeException e) {
                return Optional.of(Complaint.of(e));
            }
        });
        return new Said(line, output.answer(), complaint, Duration.ofNanos(System.nanoTime() - begun));
    }

    /** The same where nothing is wrong. */
    String tell(String line) {
        Said said = say(line);
        said.complaint().ifPresent(complaint -> {
            throw new AssertionError(line + ": " + complaint.text());
        });
        return said.answer();
    }

    <T> T within(Duration deadline, String what, Callable<T> work) {
        Future<T> future = typist.submit(work);
        try {
            return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("%s: not over in %d s%n%s".formatted(what, deadline.toSeconds(), stacks()), e);
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException unchecked) {
                throw unchecked;
            }
            throw new AssertionError(what, e.getCause());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(what, e);
        }
    }

    private static String stacks() {
        StringBuilder all = new StringBuilder();
        Thread.getAllStackTraces().forEach((thread, stack) -> {
            all.append(thread.getName()).append('\n');
            for (StackTraceElement frame : stack) {
                all.append("    ").append(frame).append('\n');
            }
        });
        return all.toString();
    }

    @Override
    public void close() {
        try {
            within(SOON, "close", () -> {
                session.close();
                return true;
            });
        } finally {
            typist.shutdownNow();
        }
    }

    static void remove(Path directory) {
        try (var all = Files.walk(directory)) {
            for (Path each : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
