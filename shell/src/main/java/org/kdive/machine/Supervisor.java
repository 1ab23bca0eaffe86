package org.kdive.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A QEMU that cannot outlive us: docs/adr/0002-qemu-dies-with-us.md.
 *
 * <p>Between us and QEMU stands a small shell, leader of a session of its own, so that neither Ctrl-C nor the
 * terminal's end reaches either of them. It holds one end of a pipe, we the other: the pipe ends when we close it
 * and when we die, however that happens; then it ends QEMU and removes the run directory. Should the shell be
 * killed, the kernel kills QEMU for it.
 *
 * <pre>
 * we --stdin, never written: the lifeline--&gt; shell --fork--&gt; QEMU
 *    &lt;--stdout: QEMU's pid, then its exit status--            |
 *    &lt;--stderr: QEMU's own, stdout too------------------------+
 * </pre>
 *
 * <p>Threads: two daemons read the two streams. All methods are safe from any thread.
 */
final class Supervisor {
    // $1 run directory, then QEMU's words, which are passed on as they are and never read as shell.
    private static final String SCRIPT = """
            run=$1; shift
            trap '' HUP INT QUIT TERM
            exec 3<&0 0</dev/null
            if setpriv --pdeathsig KILL true 2>/dev/null; then set -- setpriv --pdeathsig KILL "$@"; fi
            "$@" 1>&2 3<&- &
            qemu=$!
            echo "$qemu"
            exec 2>/dev/null
            {
                while read -r _ <&3; do :; done
                kill -TERM 0; sleep 2; rm -rf -- "$run"; kill -KILL 0
            } >&- &
            guard=$!
            wait "$qemu"; echo "$?"; exec >&-
            kill -KILL "$guard"; wait "$guard"
            while read -r _ <&3; do :; done
            rm -rf -- "$run"; kill -KILL 0
            """;
    private static final Duration STDERR_GRACE = Duration.ofMillis(500);
    private static final Duration TERMINATE = Duration.ofSeconds(2);
    private static final Duration KILL = Duration.ofSeconds(5);
    private static final int KILLED = 128 + 9;

    private final Process shell;
    private final StderrTail stderr = new StderrTail();
    private final CompletableFuture<Long> pid = new CompletableFuture<>();
    private final CompletableFuture<MachineExit> exit = new CompletableFuture<>();

    private Supervisor(Process shell) {
        this.shell = shell;
    }

    /** Starts QEMU; returns at once. Whether it came up shows in {@link #exit}. */
    static Supervisor start(List<String> commandLine, Path run) {
        List<String> words = new ArrayList<>(List.of("setsid", "/bin/sh", "-c", SCRIPT, "kdive-guard", run.toString()));
        words.addAll(commandLine);
        try {
            Supervisor supervisor = new Supervisor(new ProcessBuilder(words).start());
            supervisor.read();
            return supervisor;
        } catch (IOException e) {
            throw new MachineException(
                    "start QEMU under setsid (util-linux): " + e.getMessage(), new MachineFailure.NoTool("setsid"), e);
        }
    }

    private void read() {
        CompletableFuture<@Nullable Void> stderrEnd = new CompletableFuture<>();
        daemon("machine-stderr", () -> {
            stderr.drain(shell.getErrorStream());
            stderrEnd.complete(null);
        });
        daemon("machine-exit", () -> {
            int status = readStatus(shell.getInputStream());
            // QEMU's last words may still be in the pipe, or a helper of its may hold it open for ever.
            stderrEnd
                    .completeOnTimeout(null, STDERR_GRACE.toMillis(), TimeUnit.MILLISECONDS)
                    .join();
            exit.complete(new MachineExit(status, stderr.lines()));
        });
    }

    private static void daemon(String name, Runnable body) {
        Thread thread = new Thread(body, name);
        thread.setDaemon(true);
        thread.start();
    }

    private int readStatus(InputStream stdout) {
        try (BufferedReader in = new BufferedReader(new InputStreamReader(stdout, StandardCharsets.US_ASCII))) {
            String first = in.readLine();
            pid.complete(first == null ? -1L : Long.parseLong(first));
            String second = in.readLine();
            if (second != null) {
                return Integer.parseInt(second);
            }
        } catch (IOException | NumberFormatException e) {
            pid.completeExceptionally(e);
        }
        // The shell was killed before it could say; where the kernel did not see to QEMU, we do.
        killQemu();
        return KILLED;
    }

    /** QEMU's process; empty when it never started. Waits for the shell to say, some milliseconds. */
    Optional<ProcessHandle> qemu() {
        long number = pid.exceptionally(unreadable -> -1L).join();
        return number < 0 ? Optional.empty() : ProcessHandle.of(number);
    }

    long pid() {
        return pid.exceptionally(unreadable -> -1L).join();
    }

    CompletableFuture<MachineExit> exit() {
        return exit;
    }

    List<String> stderr() {
        return stderr.lines();
    }

    void killQemu() {
        if (!exit.isDone()) {
            qemu().ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Whether QEMU has ended within that time. */
    boolean awaitExit(Duration patience) throws InterruptedException {
        try {
            exit.get(patience.toMillis(), TimeUnit.MILLISECONDS);
            return true;
        } catch (TimeoutException running) {
            return false;
        } catch (ExecutionException impossible) {
            throw new IllegalStateException("the exit of QEMU is never a failure", impossible);
        }
    }

    /** Ends QEMU, politely at first, and everything of ours around it; returns when nothing is left. */
    void end() throws InterruptedException {
        if (!exit.isDone()) {
            qemu().ifPresent(ProcessHandle::destroy);
            if (!awaitExit(TERMINATE)) {
                killQemu();
                awaitExit(KILL);
            }
        }
        letGo();
        if (!shell.waitFor(KILL.toMillis(), TimeUnit.MILLISECONDS)) {
            shell.destroyForcibly();
        }
    }

    /** Drops the lifeline and does not wait: the shell ends what there is to end. */
    void letGo() {
        try {
            shell.getOutputStream().close();
        } catch (IOException e) {
            // The shell is gone already; nothing was ever written, so nothing is lost.
            assert !shell.isAlive() : e;
        }
    }
}
