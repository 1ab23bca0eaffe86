package org.kdive.gdbrsp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.kdive.gdbrsp.wire.RspTransport;

/** A stub that shook hands like QEMU and then stalls, floods, answers late or answers garbage. Seeds are fixed. */
final class PeerFuzz {
    private static final ThreadId ONE = new ThreadId(1, 1);
    private static final long FRAMES = Long.getLong("kdive.fuzz.frames", 1_000_000);
    private static final int FLOOD = 500; // frames for each thing that is said to it

    private static final int MOST = 20 * FLOOD;

    enum Mood {
        STALLS,
        FLOODS,
        GARBLES
    }

    private static final class MoodyStub implements ManualTransport.Peer {
        private final QemuModel qemu;
        private final Random random;
        private final List<String> pool;
        private @Nullable Mood mood; // null while it is QEMU
        private long frames;

        MoodyStub(Random random) {
            this.random = random;
            this.pool = IntStream.range(0, 100).mapToObj(i -> frame(random)).toList();
            this.qemu = new QemuModel(random.nextBoolean(), random);
        }

        @Override
        public void hear(byte[] bytes, ManualTransport back) {
            if (mood == null) {
                qemu.hear(bytes, back);
            } else if (mood == Mood.FLOODS && frames < MOST) { // it hears of each frame, and would go on for ever
                StringBuilder flood = new StringBuilder();
                for (int i = 0; i < FLOOD; i++) {
                    flood.append(pool.get(random.nextInt(pool.size())));
                }
                frames += FLOOD;
                back.arrive(flood.toString().getBytes(ISO_8859_1));
            } else if (mood == Mood.GARBLES && frames < MOST) {
                byte[] garbage = new byte[random.nextInt(2000)];
                random.nextBytes(garbage);
                frames++;
                back.arrive(garbage);
            }
        }
    }

    private static String frame(Random random) {
        String[] tastes = {"OK", "E14", "T05thread:p01.01;", "l", "mp01.01", "00112233", "0*~", "}", "W00", "O4142"};
        String text = tastes[random.nextInt(tastes.length)];
        String acknowledged = random.nextInt(4) == 0 ? "" : "+";
        int damage = random.nextInt(50) == 0 ? 1 : 0;
        return "%s$%s#%02x".formatted(acknowledged, text, (text.chars().sum() + damage) & 0xff);
    }

    /** How many frames it sent. */
    private static long suffer(Mood mood, Random random) {
        MoodyStub stub = new MoodyStub(random);
        ManualTransport transport = new ManualTransport(stub);
        RspClient client = transport.settled(RspClient.open(transport, RspOptions.defaults()));
        transport.cutEvery(1 + random.nextInt(5000));
        stub.mood = mood;
        List<CompletableFuture<?>> asked = List.of(
                client.readRegisters(ONE),
                client.readMemory(ONE, 0, 9000),
                client.writeMemory(ONE, 0, new byte[300]),
                client.insert(Stoppoint.software(4)),
                client.threads(),
                client.monitor("info"),
                client.resume(Resume.continueAll()));
        transport.settle();
        client.interrupt();
        transport.pass(Duration.ofMinutes(10));
        client.close();
        assertThat(asked).allMatch(CompletableFuture::isDone);
        assertThat(client.state()).isEqualTo(RspState.CLOSED);
        return stub.frames;
    }

    @ParameterizedTest
    @EnumSource
    void nothingIsPendingAfterIt(Mood mood) {
        Random random = new Random(mood.name().hashCode());
        for (int round = 0; round < 100; round++) {
            suffer(mood, random);
        }
    }

    @Test
    void aMillionFramesLeaveNothingPending() {
        Random random = new Random(7);
        long frames = 0;
        while (frames < FRAMES) {
            frames += suffer(Mood.FLOODS, random);
        }
    }

    @Test
    void anAnswerThatComesTooLateIsNotTakenForAnothers() {
        Random random = new Random(11);
        for (int round = 0; round < 20; round++) {
            QemuModel qemu = new QemuModel(true, random);
            Duration[] delay = {Duration.ZERO};
            List<byte[]> said = new ArrayList<>();
            ManualTransport collector = collector(said);
            ManualTransport transport = new ManualTransport((bytes, back) -> {
                qemu.hear(bytes, collector);
                collector.settle();
                List<byte[]> answer = List.copyOf(said);
                said.clear();
                if (delay[0].isZero()) {
                    answer.forEach(back::arrive);
                } else {
                    back.schedule(() -> answer.forEach(back::arrive), delay[0]);
                }
            });
            RspClient client = transport.settled(RspClient.open(transport, RspOptions.defaults()));
            List<CompletableFuture<?>> asked = new ArrayList<>();
            for (int step = 0; step < 20; step++) {
                delay[0] = Duration.ofMillis(random.nextInt(12_000));
                int address = 0x2000 * random.nextInt(7);
                asked.add(client.readMemory(ONE, address, 200).handle((bytes, thrown) -> {
                    for (int i = 0; thrown == null && i < bytes.length; i++) {
                        assertThat(bytes[i]).as("late").isEqualTo((byte) ((address + i) * 31 >> 3));
                    }
                    return true;
                }));
                transport.pass(Duration.ofSeconds(random.nextInt(8)));
            }
            transport.pass(Duration.ofMinutes(5));
            assertThat(asked).allSatisfy(one -> assertThat(one).isCompleted());
            client.close();
        }
    }

    private static ManualTransport collector(List<byte[]> said) {
        ManualTransport collector = new ManualTransport((bytes, back) -> {});
        collector.start(new RspTransport.Receiver() {
            @Override
            public void received(byte[] bytes) {
                said.add(bytes);
            }

            @Override
            public void disconnected(@Nullable Throwable cause) {}
        });
        return collector;
    }
}
