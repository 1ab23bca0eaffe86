package org.kdive.gdbrsp.wire;

/** What can arrive from a stub. */
public sealed interface RspFrame {
    record Ack() implements RspFrame {}

    record Nak() implements RspFrame {}

    record Packet(RspPacket packet) implements RspFrame {}

    /** {@code %}: never acknowledged. */
    record Notification(RspPacket packet) implements RspFrame {}

    /** A packet whose checksum or coding is wrong; {@code why} for the message. */
    record Damaged(String why) implements RspFrame {}

    /** Bytes outside any packet: console text where a line is shared, else garbage. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Noise(byte[] bytes) implements RspFrame {}
}
