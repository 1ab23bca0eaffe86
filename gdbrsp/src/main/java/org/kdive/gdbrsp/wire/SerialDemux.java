package org.kdive.gdbrsp.wire;

import java.io.ByteArrayOutputStream;
import java.util.function.Consumer;

/**
 * Parts one serial line into the text of a console and KGDB's packets between it. Only what has the shape and the checksum
 * of a packet is one; everything else is text, in order. No I/O; on the loop.
 *
 * <pre>
 * text... $T05thread:fffffffe;#d5 text...      while the target runs: stop replies and O packets alone
 * + $OK#9a                                     while an answer is owed: any packet, and the + before it
 * </pre>
 */
final class SerialDemux {
    private static final int MOST_PACKET_BYTES = 8192; // BUFMAX is 2048 where it is largest

    private final Consumer<byte[]> console;
    private final Consumer<byte[]> packets;
    private final ByteArrayOutputStream text = new ByteArrayOutputStream();
    private final ByteArrayOutputStream wire = new ByteArrayOutputStream();
    private final ByteArrayOutputStream held = new ByteArrayOutputStream(); // from a $ on; it may be a packet yet
    private boolean acknowledgementDue;
    private boolean answerDue;

    SerialDemux(Consumer<byte[]> console, Consumer<byte[]> packets) {
        this.console = console;
        this.packets = packets;
    }

    /** A packet was sent, of which the acknowledgement comes next, and the answer with it if it {@code answers} at once. */
    void sent(boolean answers) {
        acknowledgementDue = true;
        answerDue = answers;
    }

    void received(byte[] bytes) {
        for (byte c : bytes) {
            take(c);
        }
        flush();
    }

    private void flush() {
        if (text.size() > 0) {
            byte[] bytes = text.toByteArray();
            text.reset();
            console.accept(bytes);
        }
        if (wire.size() > 0) {
            byte[] bytes = wire.toByteArray();
            wire.reset();
            packets.accept(bytes);
        }
    }

    private void take(byte c) {
        if (held.size() > 0) {
            hold(c);
        } else if (c == '$') {
            held.write(c);
        } else if (acknowledgementDue && (c == RspFraming.ACK || c == RspFraming.NAK)) {
            acknowledgementDue = false;
            wire.write(c);
        } else {
            text.write(c);
        }
    }

    private void hold(byte c) {
        held.write(c);
        byte[] so = held.toByteArray();
        int size = so.length;
        boolean closed = size > 3 && so[size - 3] == '#';
        if (closed && isWhole(so)) {
            acknowledgementDue = false;
            answerDue = false;
            wire.writeBytes(so);
            held.reset();
        } else if (closed && answerDue) {
            wire.writeBytes(so); // damaged: whoever waits for it asks again
            held.reset();
        } else if (closed || !isPlausible(so, c)) {
            held.reset();
            text.write('$');
            for (int i = 1; i < size; i++) {
                take(so[i]); // another may begin in it
            }
        }
    }

    // what a target that runs says by itself: T05..., S05, W00, X09, O68656c6c6f
    private boolean isPlausible(byte[] so, byte c) {
        boolean mayBegin = answerDue || so.length != 2 || "TSWXO".indexOf(c) >= 0;
        boolean mayFollow = answerDue || so.length != 3 || Hex.digit(c) >= 0;
        return mayBegin && mayFollow && c > ' ' && c < 0x7f && c != '$' && so.length < MOST_PACKET_BYTES;
    }

    private static boolean isWhole(byte[] so) {
        int sum = 0;
        for (int i = 1; i < so.length - 3; i++) {
            sum += so[i];
        }
        int high = Hex.digit(so[so.length - 2]);
        int low = Hex.digit(so[so.length - 1]);
        return high >= 0 && low >= 0 && (high << 4 | low) == (sum & 0xff);
    }
}
