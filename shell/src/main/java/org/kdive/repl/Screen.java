package org.kdive.repl;

import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.IntSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.command.GuestText;
import org.kdive.command.Output;
import org.kdive.command.Palette;
import org.kdive.session.SessionListener;

/**
 * All that the user sees, in one order: what commands say, what the guest says, what kdive says by itself. Owned by the
 * thread named screen; every method may be called from any thread. While a line is edited, everything goes above it.
 */
final class Screen implements Output, AutoCloseable {
    private static final Duration PARTIAL_LINE =
            Duration.ofMillis(200); // then a guest's prompt is shown without its end
    private static final Duration BATCH =
            Duration.ofMillis(40); // redrawing the edited line for each line would be slow
    private static final int MOST_WAITING_BYTES =
            1 << 20; // of a guest that floods; the oldest are shown, the rest counted in its place

    private static final long GAP_SAID = -1;

    private static final int MOST_WAITING_LINES =
            500; // of a command that is faster than the terminal: it waits, so that after Ctrl-C few are left to show

    private final ScheduledExecutorService owner = Executors.newSingleThreadScheduledExecutor(work -> {
        Thread thread = new Thread(work, "screen");
        thread.setDaemon(true);
        return thread;
    });
    private final PrintWriter answer;
    private final PrintWriter talk;
    private final PrintWriter guest;
    private final boolean colour;
    private volatile IntSupplier width = () -> 80;
    private volatile Supplier<String> whoHasAll = () -> "";

    private final Semaphore room = new Semaphore(MOST_WAITING_LINES);
    private final GuestText guestText = new GuestText();
    private final StringBuilder waiting = new StringBuilder(); // the guest's text while a line is edited
    private final AtomicLong unreadBytes = new AtomicLong();
    private @Nullable AtomicLong gap; // bytes dropped since the last that were taken; null: none. The console's thread
    private boolean midLine;
    private boolean flushPlanned;
    private @Nullable Consumer<String> above; // null while no line is edited
    private @Nullable OutputStream raw; // the terminal while the console has it, else null

    /** @param guest where serial output goes: the terminal, or beside the answer where that is for a program */
    Screen(PrintWriter answer, PrintWriter talk, PrintWriter guest, boolean colour) {
        this.answer = answer;
        this.talk = talk;
        this.guest = guest;
        this.colour = colour;
    }

    /** Asked at each use: a terminal changes its size. */
    void width(IntSupplier columns) {
        width = columns;
    }

    /** Asked when output is left out: half a sentence. From any thread. */
    void whoHasAll(Supplier<String> says) {
        whoHasAll = says;
    }

    @Override
    public int width() {
        return width.getAsInt();
    }

    @Override
    public void line(String text) {
        inTurn(() -> show(answer, text));
    }

    @Override
    public void note(String text) {
        post(() -> show(talk, text));
    }

    @Override
    public void text(String text) {
        inTurn(() -> {
            answer.print(text);
            answer.flush();
            midLine = !text.isEmpty() ? !text.endsWith("\n") : midLine;
        });
    }

    @Override
    public String styled(Style style, String text) {
        return colour ? Palette.paint(style, text) : text;
    }

    private void inTurn(Runnable work) {
        room.acquireUninterruptibly();
        boolean taken = post(() -> {
            try {
                work.run();
            } finally {
                room.release();
            }
        });
        if (!taken) {
            room.release();
        }
    }

    private void show(PrintWriter to, String text) {
        if (above != null) {
            above.accept(text);
            return;
        }
        if (midLine) {
            guest.println();
            guest.flush();
        }
        String end = raw == null ? "\n" : "\r\n"; // a raw terminal does not return the carriage by itself
        to.print(text.replace("\n", end) + end);
        to.flush();
        midLine = false;
    }

    /** Serial output of the guest. Never blocks: what a slow terminal cannot take is counted and dropped. The console's thread. */
    void guest(byte[] bytes) {
        if (unreadBytes.addAndGet(bytes.length) > MOST_WAITING_BYTES) {
            unreadBytes.addAndGet(-bytes.length);
            guestGap(bytes.length, whoHasAll.get());
            return;
        }
        gap = null;
        post(() -> {
            unreadBytes.addAndGet(-bytes.length);
            showGuest(bytes);
        });
    }

    /** So many bytes are missing here: said behind all that was taken before them. The console's thread. */
    void guestGap(long bytes, String whoHasThem) {
        AtomicLong open = gap;
        if (open != null && open.updateAndGet(sum -> sum == GAP_SAID ? sum : sum + bytes) != GAP_SAID) {
            return;
        }
        AtomicLong begun = new AtomicLong(bytes);
        gap = begun;
        post(() -> {
            String text = SessionListener.gap(begun.getAndSet(GAP_SAID), whoHasThem);
            flushWaiting();
            show(talk, text);
        });
    }

    private void showGuest(byte[] bytes) {
        if (raw != null) {
            try {
                raw.write(bytes);
                raw.flush();
            } catch (IOException e) {
                raw = null; // the terminal is gone, and with it whoever looked
            }
            return;
        }
        String text = guestText.accept(bytes);
        if (above != null) {
            waiting.append(text);
            plan(text.indexOf('\n') >= 0 ? BATCH : PARTIAL_LINE);
        } else {
            print(text);
        }
    }

    private void print(String text) {
        if (!text.isEmpty()) {
            guest.print(text);
            guest.flush();
            midLine = !text.endsWith("\n");
        }
    }

    private void plan(Duration delay) {
        if (!flushPlanned) {
            flushPlanned = true;
            var unused = owner.schedule(
                    () -> {
                        flushPlanned = false;
                        flushWaiting();
                    },
                    delay.toMillis(),
                    TimeUnit.MILLISECONDS);
        }
    }

    private void flushWaiting() {
        String text = waiting.toString();
        waiting.setLength(0);
        if (above != null && !text.isEmpty()) {
            above.accept(text.endsWith("\n") ? text.substring(0, text.length() - 1) : text);
        } else {
            print(text);
        }
    }

    /** A line is being edited from now on; {@code printAbove} shows text over it. */
    void editing(Consumer<String> printAbove) {
        await(() -> {
            if (midLine) {
                guest.println();
                guest.flush();
                midLine = false;
            }
            above = printAbove;
        });
    }

    /** A command runs from now on: things are shown where the cursor is. */
    void running() {
        await(() -> {
            above = null;
            flushWaiting();
        });
    }

    /** The guest has the terminal from now on, every byte of it; null gives it back. */
    void console(@Nullable OutputStream terminal) {
        await(() -> {
            raw = terminal;
            midLine = terminal == null; // where the guest left the cursor nobody knows
        });
    }

    /** Waits until everything said so far is shown. */
    void drain() {
        await(() -> {});
    }

    /** False when nobody looks any more. */
    private boolean post(Runnable work) {
        try {
            owner.execute(work);
            return true;
        } catch (RejectedExecutionException e) {
            // Closed: nobody looks any more.
            System.getLogger("session").log(System.Logger.Level.DEBUG, "shown after the end", e);
            return false;
        }
    }

    private void await(Runnable work) {
        try {
            owner.submit(work).get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            throw new IllegalStateException("screen", e.getCause());
        } catch (RejectedExecutionException e) {
            System.getLogger("session").log(System.Logger.Level.DEBUG, "shown after the end", e);
        }
    }

    @Override
    public void close() {
        if (!owner.isShutdown()) {
            await(() -> {
                above = null;
                flushWaiting();
            });
            owner.shutdown();
        }
    }
}
