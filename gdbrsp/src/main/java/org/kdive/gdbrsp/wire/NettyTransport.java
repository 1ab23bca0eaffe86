package org.kdive.gdbrsp.wire;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioDomainSocketChannel;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.ReferenceCountUtil;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;

/** A socket, unix or TCP, with an event loop of its own. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails on the channel arrives in exceptionCaught
public final class NettyTransport implements RspTransport {
    private static final Duration OVERSLEPT = Duration.ofMillis(500);
    private static final long QUIET_MILLIS = 0;
    private static final long LINGER_MILLIS = 100;
    private static final long CLOSE_WAIT_SECONDS = 2;

    private final EventLoopGroup group;
    private final Channel channel;
    private final String endpoint;

    private NettyTransport(EventLoopGroup group, Channel channel, String endpoint) {
        this.group = group;
        this.channel = channel;
        this.endpoint = endpoint;
    }

    /** Opens a socket that is connected to nothing, and closes it. */
    public static void warmUp() {
        EventLoopGroup group = newGroup();
        try {
            new Bootstrap()
                    .group(group)
                    .channel(NioDomainSocketChannel.class)
                    .handler(new ChannelInboundHandlerAdapter())
                    .register()
                    .awaitUninterruptibly();
        } finally {
            group.shutdownGracefully(QUIET_MILLIS, LINGER_MILLIS, TimeUnit.MILLISECONDS);
        }
    }

    private static EventLoopGroup newGroup() {
        return new MultiThreadIoEventLoopGroup(1, new DefaultThreadFactory("rsp", true), NioIoHandler.newFactory());
    }

    /** Blocks until connected; an Unreachable failure otherwise. */
    public static NettyTransport connect(SocketAddress address, Duration timeout) {
        EventLoopGroup group = newGroup();
        boolean unix = address instanceof UnixDomainSocketAddress;
        Bootstrap bootstrap = new Bootstrap()
                .group(group)
                .channel(unix ? NioDomainSocketChannel.class : NioSocketChannel.class)
                .option(ChannelOption.AUTO_READ, false)
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, (int) Math.min(timeout.toMillis(), Integer.MAX_VALUE))
                .handler(new ChannelInboundHandlerAdapter());
        if (!unix) {
            bootstrap.option(ChannelOption.TCP_NODELAY, true);
        }
        boolean connected = false;
        try {
            ChannelFuture connecting = bootstrap.connect(address);
            boolean decided = connecting.await(timeout.toMillis(), TimeUnit.MILLISECONDS);
            if (!decided || !connecting.isSuccess()) {
                Throwable cause = connecting.cause();
                String why = cause == null ? "timed out" : reason(cause);
                throw unreachable(address, why, cause);
            }
            connected = true;
            return new NettyTransport(group, connecting.channel(), spelled(address));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unreachable(address, "interrupted", e);
        } finally {
            if (!connected) {
                group.shutdownGracefully(QUIET_MILLIS, LINGER_MILLIS, TimeUnit.MILLISECONDS);
            }
        }
    }

    private static RspException unreachable(
            SocketAddress address, String why, @org.jspecify.annotations.Nullable Throwable cause) {
        return new RspException("connect to a gdb stub", new RspFailure.Unreachable(spelled(address), why), cause);
    }

    // as users write them: unix:PATH, tcp:HOST:PORT
    private static String spelled(SocketAddress address) {
        if (address instanceof UnixDomainSocketAddress unix) {
            return "unix:" + unix.getPath();
        }
        return address instanceof InetSocketAddress inet
                ? "tcp:" + inet.getHostString() + ":" + inet.getPort()
                : address.toString();
    }

    // Netty's own exceptions repeat the address behind the reason; the plain one is underneath
    private static String reason(Throwable cause) {
        Throwable plain = cause.getCause() == null ? cause : cause.getCause();
        if (plain instanceof UnknownHostException) {
            return "unknown host";
        }
        return plain.getMessage() == null ? plain.toString() : plain.getMessage();
    }

    @Override
    public String endpoint() {
        return endpoint;
    }

    @Override
    public void start(Receiver receiver) {
        execute(() -> {
            channel.pipeline().addLast(new Inbound(receiver));
            if (channel.isActive()) {
                channel.config().setAutoRead(true);
            } else {
                receiver.disconnected(null);
            }
        });
    }

    private static final class Inbound extends ChannelInboundHandlerAdapter {
        private final Receiver receiver;

        Inbound(Receiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            try {
                ByteBuf in = (ByteBuf) message;
                byte[] bytes = new byte[in.readableBytes()];
                in.readBytes(bytes);
                receiver.received(bytes);
            } finally {
                ReferenceCountUtil.release(message);
            }
        }

        @Override
        public void channelInactive(ChannelHandlerContext context) {
            receiver.disconnected(null);
        }

        @Override
        public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
            receiver.disconnected(cause);
            context.close();
        }
    }

    @Override
    public void write(byte[] bytes) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(bytes), channel.voidPromise());
    }

    @Override
    public void close() {
        channel.close();
        group.shutdownGracefully(QUIET_MILLIS, LINGER_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void awaitClosed() {
        if (!inLoop()) {
            group.terminationFuture().awaitUninterruptibly(CLOSE_WAIT_SECONDS, TimeUnit.SECONDS);
        }
    }

    @Override
    public boolean inLoop() {
        return channel.eventLoop().inEventLoop();
    }

    @Override
    public boolean execute(Runnable task) {
        try {
            channel.eventLoop().execute(task);
            return true;
        } catch (RejectedExecutionException e) {
            return false;
        }
    }

    @Override
    public void schedule(Runnable task, Duration delay) {
        if (!group.isShuttingDown()) {
            long due = nanoTime() + delay.toNanos();
            channel.eventLoop().schedule(() -> awake(task, due), delay.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    // a process that was stopped meanwhile has not read what came in time: that is heard first
    private void awake(Runnable task, long due) {
        if (nanoTime() - due < OVERSLEPT.toNanos()) {
            task.run();
        } else if (!group.isShuttingDown()) {
            channel.eventLoop().schedule(task, OVERSLEPT.toNanos(), TimeUnit.NANOSECONDS);
        }
    }

    @Override
    public long nanoTime() {
        return System.nanoTime();
    }
}
