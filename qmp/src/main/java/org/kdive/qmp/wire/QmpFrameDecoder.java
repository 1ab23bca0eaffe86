package org.kdive.qmp.wire;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import java.util.List;

/**
 * Cuts the stream into JSON objects by counting brackets outside strings, so that a monitor with {@code pretty=on}
 * (objects over many lines) works like any other. Hands on each object's bytes. Every byte is looked at once.
 */
final class QmpFrameDecoder extends ByteToMessageDecoder {
    // {"return": {}}\r\n{"event": ...}\r\n      one object, white space, the next object
    /** The longest answers seen are HMP texts of 3.5 MB ("info tlb" on a booted guest, QEMU 7.2). */
    static final int MAX_MESSAGE_BYTES = 64 << 20;

    private final int maxMessageBytes;
    private int scannedBytes; // of the object under construction
    private int depth;
    private boolean inString;
    private boolean escaped;
    private boolean broken; // after garbage there is no telling where the next object begins
    private int truncatedBytes;

    QmpFrameDecoder(int maxMessageBytes) {
        this.maxMessageBytes = maxMessageBytes;
    }

    /** How much of an unfinished object was there when the peer hung up. */
    int truncatedBytes() {
        return truncatedBytes;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out) {
        if (broken) {
            in.skipBytes(in.readableBytes());
            return;
        }
        if (scannedBytes == 0 && !startsObject(in)) {
            return;
        }
        int limit = Math.min(in.readableBytes(), maxMessageBytes);
        while (scannedBytes < limit) {
            step(in.getByte(in.readerIndex() + scannedBytes));
            scannedBytes++;
            if (depth == 0) {
                out.add(ByteBufUtil.getBytes(in.readSlice(scannedBytes)));
                scannedBytes = 0;
                return;
            }
        }
        if (scannedBytes == maxMessageBytes) {
            broken = true;
            throw new TooLongFrameException("a message of more than " + maxMessageBytes + " bytes");
        }
    }

    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out) throws Exception {
        super.decodeLast(context, in, out);
        truncatedBytes = broken ? 0 : in.readableBytes();
    }

    private boolean startsObject(ByteBuf in) {
        while (in.isReadable()) {
            byte first = in.getByte(in.readerIndex());
            if (first == '{') {
                return true;
            }
            if (first != ' ' && first != '\t' && first != '\r' && first != '\n') {
                broken = true;
                throw new CorruptedFrameException("it said \"" + Garbage.printable(ByteBufUtil.getBytes(in)) + "\"");
            }
            in.skipBytes(1);
        }
        return false;
    }

    private void step(byte next) {
        if (escaped) {
            escaped = false;
        } else if (inString) {
            escaped = next == '\\';
            inString = next != '"';
        } else if (next == '"') {
            inString = true;
        } else if (next == '{' || next == '[') {
            depth++;
        } else if (next == '}' || next == ']') {
            depth--;
        }
    }
}
