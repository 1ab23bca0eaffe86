package org.kdive.session;

import java.net.SocketAddress;
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
 * @param qmp null: the stub alone
 * @param hasKernel whether {@code kernel} will bring symbols
 * @param kernel the kernel at its link addresses; asked for late and once
 */
public record AttachPlan(
        SocketAddress gdb, @Nullable SocketAddress qmp, boolean hasKernel, Supplier<Optional<Program>> kernel) {

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

    private static SessionException unusable(String what, String words, String why, @Nullable Throwable cause) {
        return new SessionException(
                "%s %s: %s".formatted(what, words, why),
                new SessionFailure.Usage("unix:PATH, tcp:HOST:PORT or HOST:PORT"),
                cause);
    }
}
