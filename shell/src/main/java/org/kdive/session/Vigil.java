package org.kdive.session;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Which misfortunes of a kernel stop it though nobody set a breakpoint, and what is kept of them. Kept from one target to the
 * next. Session thread.
 */
public final class Vigil {
    private boolean panics = true;
    private volatile boolean hangs = true;
    private boolean keeps = true;
    private Supplier<Keepsake> frontEnd = () -> () -> {}; // nobody shows anything
    // by then the kernel has had the time to say so itself: 26 s for a soft lockup, 21 s for a stall of RCU's
    private volatile @Nullable Duration hangTimeout = Duration.ofSeconds(30); // null: for ever

    /** Whether an oops and a panic stop the guest once the kernel has told of them. */
    public boolean panics() {
        return panics;
    }

    public void panics(boolean value) {
        panics = value;
    }

    /** Whether the guest stops when its kernel says on the console that something hangs. Any thread. */
    public boolean hangs() {
        return hangs;
    }

    public void hangs(boolean value) {
        hangs = value;
    }

    /** Whether a checkpoint is taken of such a stop. */
    public boolean keeps() {
        return keeps;
    }

    public void keeps(boolean value) {
        keeps = value;
    }

    /** How long a CPU of the guest may get nowhere before the guest stops; empty: for ever. Any thread. */
    public Optional<Duration> hangTimeout() {
        return Optional.ofNullable(hangTimeout);
    }

    public void hangTimeout(@Nullable Duration value) {
        hangTimeout = value;
    }

    /** What the front end shows now, for a checkpoint that nobody asked for. */
    public Keepsake frontEnd() {
        return frontEnd.get();
    }

    public void frontEnd(Supplier<Keepsake> value) {
        frontEnd = value;
    }
}
