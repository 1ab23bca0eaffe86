package org.kdive.qmp.wire;

import io.netty.bootstrap.Bootstrap;
import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioServerDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.kdive.qmp.QmpEndpoint;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/** Opens connections, outward and inward. */
public final class QmpTransport {
    private QmpTransport() {}

    /** Opens a socket that is bound to nothing, and closes it. */
    public static void warmUp() {
        QmpLoop loop = new QmpLoop();
        try {
            new ServerBootstrap()
                    .group(loop.group())
                    .channel(NioServerDomainSocketChannel.class)
                    .childHandler(new ChannelInitializer<Channel>() {
                        @Override
                        protected void initChannel(Channel channel) {
                            // nobody comes
                        }
                    })
                    .register()
                    .awaitUninterruptibly();
        } finally {
            loop.shutDown();
        }
    }

    /** The connection is returned at once; its {@code ready()} completes within the timeout, one way or the other. */
    public static QmpConnection connect(SocketAddress address, Duration timeout, QmpWatcher watcher) {
        QmpLoop loop = new QmpLoop();
        QmpConnection connection = new QmpConnection(loop, QmpEndpoint.describe(address), watcher);
        Optional<String> obstacle = QmpEndpoint.findObstacle(address);
        if (obstacle.isPresent()) {
            loop.execute(() -> connection.end(new QmpFailure.Unreachable(connection.endpoint(), obstacle.get())));
            return connection;
        }
        connection.expireAfter(timeout);
        boolean unix = address instanceof UnixDomainSocketAddress;
        new Bootstrap()
                .group(loop.group())
                .channel(unix ? NioDomainSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.AUTO_CLOSE, false) // its last words are read though nothing can be sent
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE))
                .handler(pipeline(connection))
                .connect(address)
                .addListener(connected -> {
                    if (!connected.isSuccess()) {
                        String why = reason(connected.cause());
                        connection.end(new QmpFailure.Unreachable(connection.endpoint(), why));
                    }
                });
        return connection;
    }

    /** Listens for one connection; a listening that fails throws {@link QmpFailure.Unreachable}. */
    public static QmpServer listen(UnixDomainSocketAddress address, Duration negotiation, QmpWatcher watcher) {
        String endpoint = QmpEndpoint.describe(address);
        QmpEndpoint.findObstacle(address).ifPresent(why -> {
            throw new QmpException(new QmpFailure.Unreachable(endpoint, "cannot listen: " + why));
        });
        QmpLoop loop = new QmpLoop();
        QmpConnection connection = new QmpConnection(loop, endpoint, watcher);
        QmpServer server = new QmpServer(connection, address.getPath());
        CompletableFuture<Channel> bound = new CompletableFuture<>();
        new ServerBootstrap()
                .group(loop.group())
                .channel(NioServerDomainSocketChannel.class)
                .option(ChannelOption.SO_BACKLOG, 1)
                .childOption(ChannelOption.AUTO_CLOSE, false)
                .childHandler(new ChannelInitializer<Channel>() {
                    @Override
                    protected void initChannel(Channel channel) {
                        if (server.accept()) {
                            connection.expireAfter(negotiation);
                            channel.pipeline().addLast(pipeline(connection));
                        } else {
                            var unused = channel.close();
                        }
                    }
                })
                .bind(address)
                .addListener(binding -> {
                    if (binding.isSuccess()) {
                        bound.complete(((ChannelFuture) binding).channel());
                    } else {
                        String why = "cannot listen: " + reason(binding.cause());
                        connection.end(new QmpFailure.Unreachable(endpoint, why));
                        bound.completeExceptionally(
                                new QmpException(new QmpFailure.Unreachable(endpoint, why), binding.cause()));
                    }
                });
        server.listenOn(Futures.await(bound, "listening on " + endpoint));
        return server;
    }

    private static ChannelInitializer<Channel> pipeline(QmpConnection connection) {
        return new ChannelInitializer<>() {
            @Override
            protected void initChannel(Channel channel) {
                QmpFrameDecoder frames = new QmpFrameDecoder(QmpFrameDecoder.MAX_MESSAGE_BYTES);
                channel.pipeline().addLast(frames, new QmpHandler(connection, frames));
            }
        };
    }

    // Netty repeats the address in its own exceptions; the plain reason is underneath.
    private static String reason(Throwable cause) {
        if (cause instanceof UnknownHostException) {
            return "unknown host";
        }
        Throwable root = cause;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        String message = root.getMessage();
        return message == null ? root.getClass().getSimpleName() : message;
    }
}
