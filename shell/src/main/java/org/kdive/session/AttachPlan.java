package org.kdive.session;

import java.net.SocketAddress;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Program;

/**
 * What to join.
 *
 * @param qmp null: the stub alone
 * @param hasKernel whether {@code kernel} will bring symbols
 * @param kernel the kernel at its link addresses; asked for late and once
 */
public record AttachPlan(
        SocketAddress gdb, @Nullable SocketAddress qmp, boolean hasKernel, Supplier<Optional<Program>> kernel) {}
