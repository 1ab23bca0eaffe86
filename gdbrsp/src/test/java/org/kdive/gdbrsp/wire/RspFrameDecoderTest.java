package org.kdive.gdbrsp.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

final class RspFrameDecoderTest {
    private static List<String> decode(byte[] bytes) {
        return decode(new RspFrameDecoder(4096), bytes);
    }

    private static List<String> decode(RspFrameDecoder decoder, byte[]... chunks) {
        List<String> seen = new ArrayList<>();
        for (byte[] chunk : chunks) {
            decoder.decode(chunk, 0, chunk.length, frame -> seen.add(show(frame)));
        }
        return seen;
    }

    private static List<String> decode(String wire) {
        return decode(wire.getBytes(ISO_8859_1));
    }

    private static String show(RspFrame frame) {
        if (frame instanceof RspFrame.Packet it) {
            return "$" + it.packet().text();
        }
        if (frame instanceof RspFrame.Notification it) {
            return "%" + it.packet().text();
        }
        if (frame instanceof RspFrame.Noise it) {
            return "noise " + new String(it.bytes(), ISO_8859_1);
        }
        if (frame instanceof RspFrame.Damaged it) {
            return "damaged " + it.why();
        }
        return frame instanceof RspFrame.Ack ? "+" : "-";
    }

    @Test
    void readsAWholePacketWithItsAcknowledgement() {
        assertThat(decode("+$T05thread:01;#07")).containsExactly("+", "$T05thread:01;");
    }

    @Test
    void readsTheEmptyPacketAndGluedPackets() {
        assertThat(decode("+$#00+$OK#9a-$E22#a9")).containsExactly("+", "$", "+", "$OK", "-", "$E22");
    }

    @Test
    void givesTheSameWhereverTheStreamIsCut() {
        byte[] wire = ("+" + text("0* ") + "%Stop:T05#99+" + text("}\u0003x") + "-$OK#9a").getBytes(ISO_8859_1);
        List<String> whole = decode(wire);
        assertThat(whole).hasSize(7).noneMatch(it -> it.startsWith("noise") || it.startsWith("damaged"));
        for (int cut = 0; cut <= wire.length; cut++) {
            byte[] head = java.util.Arrays.copyOf(wire, cut);
            byte[] tail = java.util.Arrays.copyOfRange(wire, cut, wire.length);
            assertThat(decode(new RspFrameDecoder(4096), head, tail))
                    .as("cut at %d", cut)
                    .isEqualTo(whole);
        }
    }

    @Test
    void expandsRunLengths() {
        // "0* " is 0 and three more: the count is n - 29. GDB manual, "Overview"
        assertThat(decode(framed("0* "))).containsExactly("$0000");
        assertThat(decode(framed("a0*\"bb*~")))
                .singleElement()
                .asString()
                .startsWith("$a000000bb")
                .hasSize(1 + 7 + 2 + 97);
    }

    @Test
    void undoesEscapesAlsoBeforeARunLength() {
        assertThat(decode(framed("}\u0003}\u0004}]}\n"))).containsExactly("$#$}*");
        assertThat(decode(framed("}]* "))).containsExactly("$}}}}");
    }

    @Test
    void reportsAWrongChecksum() {
        assertThat(decode("$OK#00")).containsExactly("damaged checksum 00 for a sum of 9a");
        assertThat(decode("$OK#zz$OK#9a")).hasSize(2).last().isEqualTo("$OK");
    }

    @Test
    void reportsACountWithNothingToRepeatOrOutOfRange() {
        assertThat(decode(framed("* "))).singleElement().asString().startsWith("damaged a repeat count");
        assertThat(decode(framed("0*\u0001"))).singleElement().asString().startsWith("damaged a repeat count");
    }

    @Test
    void ignoresADamagedNotification() {
        assertThat(decode("%Stop:T05#00$OK#9a")).containsExactly("$OK");
    }

    @Test
    void beginsAnewAtADollarInsideAPacket() {
        assertThat(decode("$T05thr$OK#9a")).containsExactly("damaged a packet broke off after 6 bytes", "$OK");
    }

    @Test
    void handsOnWhatIsOutsidePacketsInOrder() {
        assertThat(decode("login: $OK#9abye")).containsExactly("noise login: ", "$OK", "noise bye");
    }

    @Test
    void waitsForTheRestOfATruncatedPacket() {
        String wire = "$T05thread:01;#07";
        for (int end = 0; end < wire.length(); end++) {
            assertThat(decode(wire.substring(0, end))).isEmpty();
        }
    }

    @Test
    void holdsNoMoreThanItsLimit() {
        RspFrameDecoder decoder = new RspFrameDecoder(10);
        assertThat(decode(decoder, framed("0123456789"), framed("0123456789a"), framed("0*~"), framed("OK")))
                .containsExactly(
                        "$0123456789",
                        "damaged a packet of more than 10 bytes",
                        "damaged a packet of more than 10 bytes",
                        "$OK");
    }

    @Test
    void framingAndDecodingAreInverse() {
        byte[] all = new byte[512];
        for (int i = 0; i < all.length; i++) {
            all[i] = (byte) i;
        }
        List<byte[]> out = new ArrayList<>();
        byte[] wire = RspFraming.frame(all);
        new RspFrameDecoder(512).decode(wire, 0, wire.length, frame -> {
            if (frame instanceof RspFrame.Packet it) {
                out.add(it.packet().payload());
            }
        });
        assertThat(out).singleElement().isEqualTo(all);
    }

    /** With the right checksum, nothing escaped. */
    private static byte[] framed(String raw) {
        return text(raw).getBytes(ISO_8859_1);
    }

    private static String text(String raw) {
        return "$%s#%02x".formatted(raw, raw.chars().sum() & 0xff);
    }
}
