package org.kdive.qmp.wire;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpValue;

/** Random JSON in random pieces comes out as it went in; random damage gives an error or nothing, and always ends. */
final class QmpFrameFuzz {
    private static final int MESSAGES = 2_000;
    private static final String CHARACTERS = "{}[]\"\\,: \r\n\0x\u00e4\u20ac";

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3})
    void randomJsonInRandomPieces(long seed) {
        Random random = new Random(seed);
        List<QmpValue> sent = new ArrayList<>();
        StringBuilder wire = new StringBuilder();
        for (int i = 0; i < MESSAGES; i++) {
            QmpValue message = object(random, 4);
            sent.add(message);
            wire.append(random.nextBoolean() ? message.toJson() : message.toPrettyJson());
            wire.append(" \r\n".repeat(random.nextInt(3)));
        }
        EmbeddedChannel channel = new EmbeddedChannel(new QmpFrameDecoder(1 << 20));
        assertThat(feed(channel, wire.toString().getBytes(UTF_8), random)).containsExactlyElementsOf(sent);
    }

    @ParameterizedTest
    @ValueSource(longs = {11, 12, 13})
    void damagedJsonNeverHangsNorEscapes(long seed) {
        Random random = new Random(seed);
        int broken = 0;
        for (int i = 0; i < MESSAGES; i++) {
            byte[] wire = object(random, 3).toJson().getBytes(UTF_8);
            for (int damage = 1 + random.nextInt(3); damage > 0; damage--) {
                wire[random.nextInt(wire.length)] = (byte) random.nextInt(256);
            }
            EmbeddedChannel channel = new EmbeddedChannel(new QmpFrameDecoder(1 << 16));
            try {
                feed(channel, wire, random);
            } catch (DecoderException | QmpException expected) {
                broken++;
            }
        }
        assertThat(broken).isBetween(MESSAGES / 10, MESSAGES);
    }

    private static List<QmpValue> feed(EmbeddedChannel channel, byte[] wire, Random random) {
        for (int from = 0; from < wire.length; ) {
            int length = Math.min(wire.length - from, 1 + random.nextInt(50));
            channel.writeInbound(Unpooled.copiedBuffer(wire, from, length));
            from += length;
        }
        List<QmpValue> messages = new ArrayList<>();
        for (byte[] message = channel.readInbound(); message != null; message = channel.readInbound()) {
            messages.add(QmpJson.parse(message));
        }
        return messages;
    }

    private static QmpValue object(Random random, int depth) {
        Map<String, QmpValue> members = new LinkedHashMap<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            members.put(text(random), value(random, depth));
        }
        return new QmpValue.Members(members);
    }

    private static QmpValue value(Random random, int depth) {
        int kind = random.nextInt(depth > 0 ? 7 : 5);
        return switch (kind) {
            case 0 -> new QmpValue.Null();
            case 1 -> QmpValue.of(random.nextBoolean());
            case 2 -> QmpValue.of(random.nextLong());
            case 3 -> QmpValue.of(random.nextDouble());
            case 4 -> QmpValue.of(text(random));
            case 5 -> object(random, depth - 1);
            default -> QmpValue.of(List.of(value(random, depth - 1), value(random, depth - 1)));
        };
    }

    private static String text(Random random) {
        StringBuilder text = new StringBuilder();
        for (int i = random.nextInt(12); i > 0; i--) {
            text.append(CHARACTERS.charAt(random.nextInt(CHARACTERS.length())));
        }
        return text.toString();
    }
}
