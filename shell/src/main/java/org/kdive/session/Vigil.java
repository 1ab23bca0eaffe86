package org.kdive.session;

/** Which misfortunes of a kernel stop it though nobody set a breakpoint. Kept from one target to the next. Session thread. */
public final class Vigil {
    private boolean panics = true;
    private volatile boolean hangs = true;
    private boolean keeps = true;

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
}
