package org.kdive.session;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalTime;
import java.util.List;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.Console;
import org.kdive.machine.ConsoleMatch;
import org.kdive.machine.ConsolePast;
import org.kdive.machine.Machine;
import org.kdive.machine.MachineException;
import org.kdive.machine.MachineFailure;

/** The guest's serial line as a session uses it. Session thread, but for {@link #cancel}. */
public final class ConsoleDesk {
    private final Notices notices;
    private final ConsoleFace face = new ConsoleFace(LocalTime::now);
    private volatile @Nullable Path copy; // where all of it is logged; null: nowhere
    private final SerialLines lines = new SerialLines();
    private @Nullable Console console; // the one in use; null: no machine of ours
    private Console.@Nullable Subscription subscription; // null: the same
    private boolean replayed; // what the guest reads comes from a log
    private Consumer<String> hanging = words -> {};
    private boolean held; // the user's keyboard is the guest's
    private long typedBytes;
    private long typedAt = -1; // how far the guest had written when the user last typed
    private volatile boolean cancelled;

    ConsoleDesk(Notices notices) {
        this.notices = notices;
    }

    /** @param hang hears what the kernel says of one, on the console's thread */
    void watch(Console watched, boolean isReplay, Consumer<String> hang) {
        replayed = isReplay;
        hanging = hang;
        lines.first(watched);
        listen(watched);
    }

    private void listen(Console watched) {
        console = watched;
        LastWords lastWords = new LastWords(words -> notices.notice("%s", words), hanging);
        subscription = watched.subscribe(
                output -> {
                    notices.console(face.shown(output));
                    lastWords.heard(output);
                },
                bytes -> notices.consoleGap(bytes, whoHasAll()));
        if (copy != null) {
            copyTo(copy);
        }
    }

    /** Where what is not shown can be found, or how it could be: half a sentence. Any thread. */
    public String whoHasAll() {
        Path file = copy;
        return file == null ? "set console-log FILE keeps all" : file + " has them";
    }

    void unwatch() {
        deafen();
        console = null;
        lines.close();
    }

    private void deafen() {
        if (subscription != null) {
            subscription.close();
        }
        subscription = null;
    }

    /** The guest's serial lines, the machine's own first. */
    public List<SerialLine> lines() {
        return lines.all();
    }

    /** Whether it is the line that is shown and typed into. */
    public boolean isInUse(SerialLine line) {
        return line.console() == console;
    }

    /** Another line is shown and typed into from now on, by its name or its number. Throws Usage for none. */
    public SerialLine use(String nameOrNumber) {
        SerialLine wanted = lines.require(nameOrNumber);
        if (!isInUse(wanted)) {
            deafen();
            listen(wanted.console());
        }
        return wanted;
    }

    /** Plugs a serial line in and keeps what it says; the one in use stays so. Throws Usage, Unsupported and Refused. */
    public SerialLine add(String name, Hypervisor hypervisor) {
        return lines.add(name, hypervisor);
    }

    /** Keeps with a checkpoint which lines there are. */
    void write(Properties facts) {
        lines.write(facts);
    }

    /** QEMU's name for the line in use. */
    public String chardev() {
        return lines.all().stream()
                .filter(this::isInUse)
                .map(SerialLine::chardev)
                .findFirst()
                .orElse(Machine.CONSOLE_CHARDEV);
    }

    /** Any thread: ends the expectations that wait now. */
    void cancel() {
        cancelled = true;
    }

    void expectAgain() {
        cancelled = false;
    }

    /** Whether each line is shown with the host's time before it. */
    public boolean isStamped() {
        return face.isStamped();
    }

    public void stamp(boolean on) {
        face.stamp(on);
    }

    /** Whether escape sequences are taken out of what is shown. */
    public boolean isPlain() {
        return face.isPlain();
    }

    public void plain(boolean on) {
        face.plain(on);
    }

    /** The file that all output is added to. */
    public Optional<Path> copy() {
        return Optional.ofNullable(copy);
    }

    /** Logs all output of this machine, and of those that follow, at the end of a file; null: no more. */
    public void copyTo(@Nullable Path file) {
        try {
            if (console != null) {
                console.copyTo(file);
            } else if (file != null && Files.notExists(file)) {
                Files.createFile(file); // says now what would be wrong with it later
            }
            copy = file;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Types into the guest, for the user. */
    public void send(byte[] bytes) {
        type(bytes);
        typedBytes += bytes.length;
        typedAt = position();
    }

    /** The same for kdive itself. */
    void typeUnasked(String text) {
        type(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Whether somebody has the console to himself, or has typed what nothing was written after. */
    boolean isTypedInto() {
        return held || typedAt == position();
    }

    /** How much the user has typed in all. */
    long typedBytes() {
        return typedBytes;
    }

    /** Every key goes to the guest from now on, or no longer. */
    public void hold(boolean on) {
        held = on;
    }

    /** The last that the guest wrote. */
    String tail(int bytes) {
        byte[] last = require().history();
        int length = Math.min(bytes, last.length);
        return new String(last, last.length - length, length, StandardCharsets.UTF_8);
    }

    private void type(byte[] bytes) {
        if (replayed) {
            throw new SessionException(
                    "send: in a replay the guest hears what it heard when it was recorded",
                    new SessionFailure.Unsupported("send"));
        }
        require().send(bytes);
    }

    /** What the guest wrote, as far back as it is kept. */
    public byte[] history() {
        return require().history();
    }

    /** Bytes that the guest has written in all. */
    public long position() {
        return require().position();
    }

    /** Where the guest's present past begins, after it went back to an earlier moment. */
    public Optional<Console.Mark> mark() {
        return require().mark();
    }

    /** All that it wrote, as far as that is kept: the first of it and the last. */
    public ConsolePast past() {
        return require().past();
    }

    /**
     * Waits for the guest to write this; each text is matched once. Throws TimedOut, Interrupted and the machine's
     * ConsoleClosed. Any thread but the session's, which has the run state to look after meanwhile.
     */
    ConsoleMatch expect(Pattern pattern, Duration deadline) {
        try {
            return require().expect(pattern, deadline, () -> cancelled);
        } catch (MachineException e) {
            if (!(e.failure() instanceof MachineFailure.ConsoleTimedOut late)) {
                throw e;
            }
            if (cancelled) {
                throw new SessionException("expect console: interrupted", new SessionFailure.Interrupted(), e);
            }
            String missed =
                    late.missedBytes() > 0 ? "; %d bytes came and went unlooked at".formatted(late.missedBytes()) : "";
            throw new SessionException(
                    "the console did not say /%s/ within %d s%s".formatted(pattern, deadline.toSeconds(), missed),
                    new SessionFailure.TimedOut(deadline),
                    e);
        }
    }

    private Console require() {
        Console current = console;
        if (current == null) {
            throw new SessionException(
                    "no console: this machine was not booted by kdive", new SessionFailure.NoTarget());
        }
        return current;
    }
}
