package org.kdive.qmp.wire;

import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.DecoderException;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/** Between the framed bytes of one channel and its connection. */
final class QmpHandler extends SimpleChannelInboundHandler<byte[]> {
    private final QmpConnection connection;
    private final QmpFrameDecoder frames;

    QmpHandler(QmpConnection connection, QmpFrameDecoder frames) {
        this.connection = connection;
        this.frames = frames;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        connection.connected(context.channel());
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, byte[] json) {
        try {
            connection.receive(QmpJson.parse(json));
        } catch (QmpException malformed) {
            connection.end(protocol(malformed.failure().message()));
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        int left = frames.truncatedBytes();
        String where = left == 0 ? "QEMU closed it" : "QEMU closed it after " + left + " bytes of a message";
        connection.end(new QmpFailure.Disconnected(connection.endpoint(), where));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        String message = String.valueOf(cause.getMessage());
        connection.end(
                cause instanceof DecoderException
                        ? protocol(message)
                        : new QmpFailure.Disconnected(connection.endpoint(), "QEMU closed it (" + message + ")"));
    }

    private QmpFailure protocol(String what) {
        return new QmpFailure.Protocol(connection.endpoint(), what);
    }
}
