package org.kdive.qmp.wire;

import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** The one daemon thread of a connection. It ends with the connection. */
final class QmpLoop {
    private static final Duration OVERSLEPT = Duration.ofMillis(500);
    private static final long LAST_TASKS_MILLIS = 100;
    private static final long THREAD_END_MILLIS = 1000;

    private final EventLoopGroup group =
            new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("qmp", true), NioIoHandler.newFactory());
    private final EventLoop loop = group.next();

    EventLoopGroup group() {
        return group;
    }

    boolean isCurrent() {
        return loop.inEventLoop();
    }

    void execute(Runnable task) {
        loop.execute(task);
    }

    /** A process that was stopped meanwhile hears first what came in time. */
    Future<?> schedule(Runnable task, Duration delay) {
        CompletableFuture<?> handle = new CompletableFuture<>();
        long due = System.nanoTime() + delay.toNanos();
        Runnable unlessCancelled = () -> {
            if (!handle.isCancelled()) {
                task.run();
            }
        };
        Future<?> timer = loop.schedule(
                () -> {
                    if (System.nanoTime() - due < OVERSLEPT.toNanos()) {
                        unlessCancelled.run();
                    } else {
                        var unused = loop.schedule(unlessCancelled, OVERSLEPT.toMillis(), TimeUnit.MILLISECONDS);
                    }
                },
                delay.toMillis(),
                TimeUnit.MILLISECONDS);
        var unused = handle.whenComplete((value, cancelled) -> timer.cancel(false));
        return handle;
    }

    /** With a quiet period of 0 the thread ends in milliseconds; Netty's default of 2 s would delay every exit. */
    void shutDown() {
        var unused = group.shutdownGracefully(0, LAST_TASKS_MILLIS, TimeUnit.MILLISECONDS);
    }

    void awaitEnd() {
        if (!loop.inEventLoop()) {
            group.terminationFuture().awaitUninterruptibly(THREAD_END_MILLIS);
        }
    }
}
