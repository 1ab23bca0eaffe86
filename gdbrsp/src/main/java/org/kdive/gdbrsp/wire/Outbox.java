package org.kdive.gdbrsp.wire;

import java.io.ByteArrayOutputStream;

/**
 * What is to be written next, and whether an acknowledgement is due with it. One write for all that one turn of the loop
 * brings about. On the loop.
 *
 * <p>Acknowledging. Lock step: each packet at once. Pipelined: only the last answer, when nothing more is to be sent,
 * because to QEMU (2.x to 11, gdb_read_byte) a {@code $} acknowledges too, but a {@code +} that comes when none is owed
 * and the guest runs halts the guest.
 */
final class Outbox {
    private final RspTransport transport;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private boolean acknowledging = true;
    private boolean owesAck;
    private boolean closed;
    private boolean silent; // after a packet that must be the last

    Outbox(RspTransport transport) {
        this.transport = transport;
    }

    boolean isAcknowledging() {
        return acknowledging;
    }

    boolean isSilent() {
        return silent;
    }

    /** The stub agreed to do without, and its agreement has been acknowledged. */
    void stopAcknowledging() {
        acknowledging = false;
        owesAck = false;
    }

    /** Acknowledges what was heard, and then writes nothing but the packet that follows. */
    void fallSilent() {
        settle();
        silent = true;
    }

    /** A request; its $ acknowledges the last answer. */
    void request(byte[] payload) {
        owesAck = false;
        again(payload);
    }

    /** What resumes the target: the last answer is acknowledged before it, since nothing may be after it. */
    void resume(byte[] payload) {
        settle();
        again(payload);
    }

    /** A packet that the stub did not get whole. */
    void again(byte[] payload) {
        out.writeBytes(RspFraming.frame(payload));
    }

    void interrupt() {
        settle(); // QEMU swallows 0x03 while an answer of its own is not acknowledged
        out.write(RspFraming.INTERRUPT);
        flush();
    }

    void askAgain() {
        out.write(RspFraming.NAK);
    }

    /** A packet was heard. */
    void owe(boolean atOnce) {
        owesAck = true;
        if (atOnce) {
            settle();
        }
    }

    void settle() {
        if (owesAck) {
            owesAck = false;
            if (acknowledging && !silent) {
                out.write(RspFraming.ACK);
            }
        }
    }

    /** From here on nothing is written. */
    void close() {
        closed = true;
    }

    void flush() {
        if (out.size() > 0 && !closed) {
            byte[] bytes = out.toByteArray();
            out.reset();
            WireLog.sent(bytes);
            transport.write(bytes);
        }
    }
}
