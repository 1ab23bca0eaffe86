package org.kdive.session;

/** Which misfortunes of a kernel stop it though nobody set a breakpoint. Kept from one target to the next. Session thread. */
public final class Vigil {
    private boolean panics = true;

    /** Whether an oops and a panic stop the guest once the kernel has told of them. */
    public boolean panics() {
        return panics;
    }

    public void panics(boolean value) {
        panics = value;
    }
}
