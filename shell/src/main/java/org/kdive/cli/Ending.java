package org.kdive.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * An orderly end for a process that is told to end by a signal: SIGINT, SIGTERM or SIGHUP. The virtual machine then exits
 * with 128 and the signal's number by itself, as a shell counts it; until this is closed it waits a while, so that what is
 * under way says where it was, lets a foreign machine go, and leaves nothing behind.
 */
final class Ending implements AutoCloseable {
    private static final int PATIENCE_SECONDS = 8; // a QEMU that is asked to quit has three of them
    private static final int AGAIN_MILLIS = 250;

    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread hook = new Thread(this::end, "ending");
    private volatile Runnable interrupt = () -> {};

    private Ending() {}

    static Ending whenKilled() {
        Ending ending = new Ending();
        Runtime.getRuntime().addShutdownHook(ending.hook);
        return ending;
    }

    /**
     * Does not return when a signal is ending this process: its status is the signal's. An exit with another one that comes
     * between the last hook and the end would win (java.lang.Shutdown, JDK 17).
     */
    static void yieldToSignal() {
        Thread probe = new Thread(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
        } catch (IllegalStateException ending) {
            while (true) {
                LockSupport.park();
            }
        }
    }

    /** What to call, again and again, to hurry the work to its end. */
    void by(Runnable interruption) {
        interrupt = interruption;
    }

    private void end() {
        try {
            for (int waited = 0; waited < PATIENCE_SECONDS * 1000; waited += AGAIN_MILLIS) {
                interrupt.run();
                if (closed.await(AGAIN_MILLIS, TimeUnit.MILLISECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException ending) {
            return; // it is this hook's end that has come, and the hook has heard
        }
    }
}
