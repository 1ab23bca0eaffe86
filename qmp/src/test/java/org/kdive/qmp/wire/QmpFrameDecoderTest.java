package org.kdive.qmp.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.CorruptedFrameException;
import io.netty.handler.codec.TooLongFrameException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The decoder battery: whole, cut at every byte, glued, truncated, oversized, garbage. */
final class QmpFrameDecoderTest {
    // Brackets and quotes inside strings, escapes at the cuts, two- and four-byte characters, an object over many
    // lines.
    private static final List<String> MESSAGES = List.of(
            "{\"QMP\": {\"capabilities\": [\"oob\"]}}",
            "{\"return\": \"} ] { [ \\\" \\\\\", \"id\": 1}",
            "{\"event\": \"\u00e4\ud83d\udc27\\u007d\"}",
            "{\n    \"return\": [\n        {\n        }\n    ]\n}",
            "{}");
    private static final byte[] WIRE = (String.join("\r\n", MESSAGES) + "\r\n").getBytes(UTF_8);

    @Test
    void whole() {
        assertThat(decode(1000, WIRE)).containsExactlyElementsOf(MESSAGES);
    }

    @Test
    void cutAtEveryByte() {
        for (int cut = 0; cut <= WIRE.length; cut++) {
            byte[] head = Arrays.copyOfRange(WIRE, 0, cut);
            byte[] tail = Arrays.copyOfRange(WIRE, cut, WIRE.length);
            assertThat(decode(1000, head, tail)).as("cut at %d", cut).containsExactlyElementsOf(MESSAGES);
        }
    }

    @Test
    void byteByByte() {
        byte[][] bytes = new byte[WIRE.length][];
        for (int i = 0; i < WIRE.length; i++) {
            bytes[i] = new byte[] {WIRE[i]};
        }
        assertThat(decode(1000, bytes)).containsExactlyElementsOf(MESSAGES);
    }

    @Test
    void gluedWithoutLineEnds() {
        assertThat(decode(1000, String.join("", MESSAGES).getBytes(UTF_8))).containsExactlyElementsOf(MESSAGES);
    }

    @Test
    void truncated() {
        for (int length = 1; length < MESSAGES.get(1).length(); length++) {
            QmpFrameDecoder decoder = new QmpFrameDecoder(1000);
            EmbeddedChannel channel = new EmbeddedChannel(decoder);
            channel.writeInbound(Unpooled.copiedBuffer(MESSAGES.get(1).substring(0, length), UTF_8));
            assertThat(channel.finish()).isFalse();
            assertThat(decoder.truncatedBytes()).isEqualTo(length);
        }
    }

    @Test
    void oversizedIsRefusedBeforeItIsBuffered() {
        String fits = "{\"a\":\"%s\"}".formatted("x".repeat(92));
        assertThat(decode(100, fits.getBytes(UTF_8))).containsExactly(fits);
        String tooLong = "{\"a\":\"%s\"}".formatted("x".repeat(93));
        assertThatThrownBy(() -> decode(100, tooLong.getBytes(UTF_8)))
                .isInstanceOf(TooLongFrameException.class)
                .hasMessage("a message of more than 100 bytes");
        assertThatThrownBy(() -> decode(100, "{".repeat(100).getBytes(UTF_8)))
                .isInstanceOf(TooLongFrameException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"hello", "\u00ff", "}", "]", "[1]", "\"x\"", "1", "QEMU 7.2.22 monitor - type 'help'\r\n"})
    void garbageIsNamed(String garbage) {
        assertThatThrownBy(() -> decode(100, garbage.getBytes(UTF_8)))
                .isInstanceOf(CorruptedFrameException.class)
                .hasMessageStartingWith("it said \"");
    }

    @Test
    void nothingComesAfterGarbage() {
        EmbeddedChannel channel = new EmbeddedChannel(new QmpFrameDecoder(100));
        assertThatThrownBy(() -> channel.writeInbound(Unpooled.copiedBuffer("{}x{}", UTF_8)))
                .isInstanceOf(CorruptedFrameException.class);
        channel.writeInbound(Unpooled.copiedBuffer("{\"a\":1}", UTF_8));
        assertThat(drain(channel)).containsExactly("{}");
    }

    private static List<String> decode(int maxBytes, byte[]... parts) {
        EmbeddedChannel channel = new EmbeddedChannel(new QmpFrameDecoder(maxBytes));
        for (byte[] part : parts) {
            channel.writeInbound(Unpooled.copiedBuffer(part));
        }
        channel.finish();
        return drain(channel);
    }

    private static List<String> drain(EmbeddedChannel channel) {
        List<String> messages = new ArrayList<>();
        for (byte[] message = channel.readInbound(); message != null; message = channel.readInbound()) {
            messages.add(new String(message, UTF_8));
        }
        return messages;
    }
}
