package org.kdive.gdbrsp.wire;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

final class SerialDemuxTest {
    private final ByteArrayOutputStream console = new ByteArrayOutputStream();
    private final ByteArrayOutputStream packets = new ByteArrayOutputStream();
    private final SerialDemux demux = new SerialDemux(console::writeBytes, packets::writeBytes);

    private void hear(String line) {
        demux.received(line.getBytes(StandardCharsets.ISO_8859_1));
    }

    private void assertHeard(String text, String wire) {
        assertThat(console.toString(StandardCharsets.ISO_8859_1)).isEqualTo(text);
        assertThat(packets.toString(StandardCharsets.ISO_8859_1)).isEqualTo(wire);
    }

    @Test
    void partsAStopReplyFromTheTextAroundIt() {
        hear("sysrq: DEBUG\r\n$T05thread:fffffffe;#d5/ # ");
        assertHeard("sysrq: DEBUG\r\n/ # ", "$T05thread:fffffffe;#d5");
    }

    @Test
    void isTheSameHoweverTheLineIsCut() {
        byte[] line = "a $ b $T0 $$T05thread:fffffffe;#d5 c\r\n$S05#b8d".getBytes(StandardCharsets.ISO_8859_1);
        for (int cut = 0; cut <= line.length; cut++) {
            console.reset();
            packets.reset();
            demux.received(Arrays.copyOf(line, cut));
            demux.received(Arrays.copyOfRange(line, cut, line.length));
            assertHeard("a $ b $T0 $ c\r\nd", "$T05thread:fffffffe;#d5$S05#b8");
        }
    }

    @Test
    void aWrongChecksumIsTextWhileTheTargetRuns() {
        hear("$T05thread:fffffffe;#d6");
        assertHeard("$T05thread:fffffffe;#d6", "");
    }

    @Test
    void aShellsPromptIsNotHeldBack() {
        hear("user$ ");
        assertHeard("user$ ", "");
    }

    @Test
    void anAnswerMayBeAnyPacketAndBringsItsAcknowledgement() {
        demux.sent(true);
        hear("+$0011223344#");
        assertHeard("", "+");
        hear("8a");
        assertHeard("", "+$0011223344#8a");
        hear("1 + 1");
        assertHeard("1 + 1", "+$0011223344#8a");
    }

    @Test
    void aDamagedAnswerIsForTheOneWhoAsked() {
        demux.sent(true);
        hear("+$OK#9b");
        assertHeard("", "+$OK#9b");
    }

    @Test
    void afterAResumeOnlyTheAcknowledgementIsThePackets() {
        demux.sent(false);
        hear("+[   12.3] eth0: $OK#9a up + running\r\n");
        assertHeard("[   12.3] eth0: $OK#9a up + running\r\n", "+");
    }
}
