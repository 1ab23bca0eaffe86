package org.kdive.gdbrsp.wire;

import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.gdbrsp.RspState;

/** Bytes from the stub: whose answer each packet is, what answers nobody, and what arrived damaged. On the loop. */
final class Incoming {
    // Above the largest legal packet seen (QEMU 10.2 announces 0x20020), below what would hurt
    private static final int MOST_PACKET_BYTES = 1 << 20;
    private static final int MOST_ATTEMPTS = 3;
    private static final int MOST_DAMAGED_IN_A_ROW = 8;

    private final Conversation talk;
    private final RspLink.Listener listener;
    private final RspFrameDecoder decoder = new RspFrameDecoder(MOST_PACKET_BYTES);
    private int damagedInARow;

    Incoming(Conversation talk, RspLink.Listener listener) {
        this.talk = talk;
        this.listener = listener;
    }

    void received(byte[] bytes) {
        if (talk.state() == RspState.CLOSED) {
            return;
        }
        WireLog.received(bytes);
        talk.together(() -> {
            try {
                decoder.decode(bytes, 0, bytes.length, this::take);
            } catch (RspException e) {
                talk.fail(e.failure()); // a stop reply that answers no request and makes no sense
            }
        });
    }

    private void take(RspFrame frame) {
        if (talk.state() == RspState.CLOSED) {
            return;
        }
        if (frame instanceof RspFrame.Packet it) {
            damagedInARow = 0;
            packet(it.packet());
        } else if (frame instanceof RspFrame.Ack) {
            talk.run.heard();
        } else if (frame instanceof RspFrame.Nak) {
            refused();
        } else if (frame instanceof RspFrame.Damaged it) {
            damaged(it.why());
        } else {
            WireLog.odd("ignored " + frame);
        }
    }

    private void packet(RspPacket packet) {
        talk.out.owe(talk.isLockStep() || talk.unanswered() == 0);
        if (talk.isMark(packet)) {
            return;
        }
        Request<?> head = talk.head();
        if (packet.isOutput() && (head == null || !head.takesOutput())) {
            output(packet);
        } else if (head != null && (head.takesStop() || !packet.looksLikeStop())) {
            talk.answer(head, packet);
        } else if (talk.state() == RspState.RUNNING && !talk.run.isQueued()) {
            runEnded(packet);
        } else if (packet.looksLikeStop()) {
            talk.choice.forget();
            listener.unsolicited(packet);
        } else {
            WireLog.odd("answer to nothing: " + packet);
        }
    }

    private void runEnded(RspPacket packet) {
        boolean refused = packet.isEmpty() || packet.error().isPresent();
        if (!refused && !packet.looksLikeStop()) {
            WireLog.odd("not a stop reply: " + packet);
            return;
        }
        boolean interrupted = talk.run.isInterrupted();
        Request<?> resume = talk.run.end();
        if (resume != null && !interrupted && resume.goesOn(packet)) {
            talk.goOn(resume);
            return;
        }
        talk.halted();
        if (resume == null) {
            if (!refused) {
                listener.unsolicited(packet);
            }
        } else {
            resume.answer(packet);
        }
    }

    private void output(RspPacket packet) {
        try {
            listener.output(Hex.bytes(packet.text().substring(1)));
        } catch (IllegalArgumentException e) {
            WireLog.odd("output that is not hexadecimal: " + packet);
        }
    }

    /** {@code -}: the stub did not get a packet whole. QEMU says it too when an earlier client left half a packet. */
    private void refused() {
        Request<?> unheard = talk.run.unheard();
        if (unheard == null && talk.unanswered() > 1) {
            talk.fail(new RspFailure.Protocol("the stub asks for a packet again and does not say which"));
            return;
        }
        Request<?> again = unheard == null ? talk.head() : unheard;
        if (again == null) {
            return;
        }
        if (again.attempts++ >= MOST_ATTEMPTS) {
            talk.fail(new RspFailure.Protocol("the stub refused " + again.doing() + " " + MOST_ATTEMPTS + " times"));
            return;
        }
        talk.out.again(again.payload());
    }

    private void damaged(String why) {
        if (!talk.out.isAcknowledging()
                || talk.out.isSilent()
                || talk.unanswered() > 1
                || ++damagedInARow > MOST_DAMAGED_IN_A_ROW) {
            talk.fail(new RspFailure.Protocol("the stub sent a damaged packet: " + why));
            return;
        }
        WireLog.odd("asking again: " + why);
        talk.out.askAgain();
    }
}
