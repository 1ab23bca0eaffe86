package org.kdive.session;

import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Program;
import org.kdive.qmp.QmpEndpoint;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/**
 * What to join.
 *
 * @param gdb where the way begins; null where that is QEMU's monitor
 * @param qmp null: the stub alone
 * @param console the guest's serial line, an endpoint or the path of a terminal or a file; null: none, or KGDB's
 * @param hasKernel whether {@code kernel} will bring symbols
 * @param kernel the kernel at its link addresses; asked for late and once
 */
public record AttachPlan(
        Way way,
        @Nullable SocketAddress gdb,
        @Nullable SocketAddress qmp,
        @Nullable String console,
        boolean hasKernel,
        Supplier<Optional<Program>> kernel) {

    /** How the target is reached. */
    public enum Way {
        /** A gdb stub that listens. */
        STUB,
        /** A serial line, KGDB's and perhaps the console's too. */
        KGDB,
        /** QEMU's monitor and nothing else: to be looked at, stopped and let run. */
        MONITOR,
        /** A stub that QEMU is asked to open, and to close in the end. */
        NEW_STUB
    }

    public AttachPlan {
        boolean byMonitor = way == Way.MONITOR || way == Way.NEW_STUB;
        if (byMonitor ? qmp == null : gdb == null) {
            throw new IllegalArgumentException(way + " lacks its endpoint");
        }
    }

    /** A gdb stub. */
    public static AttachPlan stub(
            SocketAddress gdb, @Nullable SocketAddress qmp, boolean hasKernel, Supplier<Optional<Program>> kernel) {
        return new AttachPlan(Way.STUB, gdb, qmp, null, hasKernel, kernel);
    }

    /** An endpoint as users write it; throws Usage with {@code what} it was for when it is spelled wrong or cannot be. */
    public static SocketAddress endpoint(String what, String words) {
        try {
            SocketAddress address = QmpEndpoint.parse(words);
            QmpEndpoint.findObstacle(address).ifPresent(why -> {
                throw unusable(what, words, why, null);
            });
            return address;
        } catch (QmpException e) {
            String why = e.failure() instanceof QmpFailure.Unreachable unreachable ? unreachable.why() : "unusable";
            throw unusable(what, words, why, e);
        }
    }

    /** As users write it. */
    static String spelled(SocketAddress address) {
        return address instanceof UnixDomainSocketAddress unix ? "unix:" + unix.getPath() : address.toString();
    }

    private static SessionException unusable(String what, String words, String why, @Nullable Throwable cause) {
        return new SessionException(
                "%s %s: %s".formatted(what, words, why),
                new SessionFailure.Usage("unix:PATH, tcp:HOST:PORT or HOST:PORT"),
                cause);
    }
}
