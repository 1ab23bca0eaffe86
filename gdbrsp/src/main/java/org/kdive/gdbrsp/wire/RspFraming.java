package org.kdive.gdbrsp.wire;

import java.io.ByteArrayOutputStream;

/** Payload to wire. */
final class RspFraming {
    static final byte ACK = '+';
    static final byte NAK = '-';
    static final byte INTERRUPT = 3;
    private static final byte[] DIGITS = "0123456789abcdef".getBytes(java.nio.charset.StandardCharsets.US_ASCII);

    private RspFraming() {}

    static byte[] frame(byte[] payload) {
        ByteArrayOutputStream out = new ByteArrayOutputStream(payload.length + 4);
        out.write('$');
        int sum = 0;
        for (byte c : payload) {
            if (c == '$' || c == '#' || c == '}' || c == '*') {
                out.write('}');
                out.write(c ^ 0x20);
                sum += '}' + (c ^ 0x20);
            } else {
                out.write(c);
                sum += c;
            }
        }
        out.write('#');
        out.write(DIGITS[sum >> 4 & 15]);
        out.write(DIGITS[sum & 15]);
        return out.toByteArray();
    }
}
