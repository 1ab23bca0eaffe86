package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Random users and random stubs. Seeds are fixed: a failure repeats. */
final class ClientFuzz {
    private static final ThreadId ONE = new ThreadId(1, 1);

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
    void whateverIsAskedWheneverQemuIsNotHarmedAndAnswersAreRight(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 40; round++) {
            QemuModel qemu = new QemuModel(random.nextBoolean(), random);
            ManualTransport transport = new ManualTransport(qemu);
            transport.cutEvery(1 + random.nextInt(50));
            RspOptions options = RspOptions.defaults().withRegistersAtStops(random.nextBoolean());
            RspClient client = transport.settled(RspClient.open(transport, options));
            List<CompletableFuture<?>> asked = new ArrayList<>();
            for (int step = 0; step < 60; step++) {
                asked.add(ask(client, qemu, transport, random));
                if (random.nextInt(3) == 0) {
                    transport.settle();
                }
                assertThat(qemu.harm()).isEmpty();
            }
            transport.settle();
            client.interrupt();
            transport.settle();
            assertThat(qemu.harm()).isEmpty();
            assertThat(client.state()).isEqualTo(RspState.HALTED);
            assertThat(qemu.isRunning()).isFalse();
            assertThat(asked).allMatch(CompletableFuture::isDone);
            transport.settled(client.detach());
            assertThat(qemu.harm()).isEmpty();
        }
    }

    private static CompletableFuture<?> ask(
            RspClient client, QemuModel qemu, ManualTransport transport, Random random) {
        Stoppoint stoppoint = Stoppoint.software(random.nextInt(4));
        return switch (random.nextInt(14)) {
            case 0, 1 -> client.resume(Resume.continueAll());
            case 2 -> client.resume(Resume.step(ONE));
            case 3 -> client.resume(Resume.reverseStep());
            case 4 -> client.insert(stoppoint);
            case 5 -> client.remove(stoppoint);
            case 6 -> client.halted();
            case 7 -> client.monitor("x".repeat(random.nextInt(4000)));
            case 8 -> {
                client.interrupt();
                yield CompletableFuture.completedFuture(null);
            }
            case 9 -> {
                // QMP's STOP may be read before the stop reply that was written earlier
                if (qemu.isRunning()) {
                    qemu.stopByItself(transport, "T05thread:p01.01;");
                    if (random.nextBoolean()) {
                        transport.settle();
                    }
                    client.stoppedElsewhere();
                }
                yield CompletableFuture.completedFuture(null);
            }
            case 10 -> {
                transport.settle();
                if (client.state() == RspState.HALTED) {
                    qemu.resumeOverQmp();
                    client.resumedElsewhere();
                }
                yield CompletableFuture.completedFuture(null);
            }
            case 11 -> client.resume(Resume.stepThenContinue(ONE));
            case 12 -> client.readRegisters(ONE);
            default -> readAndCheck(client, random.nextInt(0xf000), random.nextInt(0x1800));
        };
    }

    private static CompletableFuture<?> readAndCheck(RspClient client, int address, int length) {
        return client.readMemory(ONE, address, length).handle((bytes, thrown) -> {
            if (thrown == null) {
                for (int i = 0; i < length; i++) {
                    assertThat(bytes[i]).isEqualTo((byte) ((address + i) * 31 >> 3));
                }
            } else if (RspException.from(thrown).failure() instanceof RspFailure.MemoryFault fault) {
                assertThat(fault.address() >> 12 & 1).isEqualTo(1);
                assertThat(fault.address()).isBetween((long) address, (long) address + length);
            } else {
                assertThat(RspException.from(thrown).failure()).isInstanceOf(RspFailure.Running.class);
            }
            return true;
        });
    }

    @ParameterizedTest
    @ValueSource(longs = {21, 22, 23, 24, 25, 26})
    void aHostileStubEndsInAFailureNeverInAHang(long seed) {
        Random random = new Random(seed);
        for (int round = 0; round < 150; round++) {
            ManualTransport transport = new ManualTransport((bytes, back) -> {
                int answers = random.nextInt(3);
                for (int i = 0; i < answers; i++) {
                    back.arrive(hostile(random));
                }
                if (random.nextInt(100) == 0) {
                    back.hangUp();
                }
            });
            CompletableFuture<RspClient> opening = RspClient.open(transport, RspOptions.defaults());
            transport.pass(Duration.ofSeconds(60));
            assertThat(opening).isDone();
            if (opening.isCompletedExceptionally()) {
                continue;
            }
            RspClient client = opening.join();
            List<CompletableFuture<?>> asked = List.of(
                    client.readRegisters(ONE),
                    client.readMemory(ONE, 0, 5000),
                    client.threads(),
                    client.halted(),
                    client.monitor("info"),
                    client.resume(Resume.continueAll()));
            client.interrupt();
            transport.pass(Duration.ofMinutes(10));
            client.close();
            assertThat(asked).allMatch(CompletableFuture::isDone);
            assertThat(client.state()).isEqualTo(RspState.CLOSED);
        }
    }

    private static byte[] hostile(Random random) {
        String[] tastes = {
            "OK",
            "",
            "E22",
            "T05thread:p01.01;",
            "Tzz",
            "mp1.1",
            "l",
            "PacketSize=1000;multiprocess+",
            "PacketSize=0",
            "PacketSize=fffffffffffff",
            "QCp1.1",
            "QC-1",
            "O6869",
            "O6",
            "sstep;PhyMemMode",
            "vCont;c;s",
            "W00",
            "X0f",
            "00112233",
            "0*~",
            "T05thread:-1;",
            "}",
            "F1,2",
            "qXfer:features:read+"
        };
        String text = tastes[random.nextInt(tastes.length)];
        int sum = text.chars().sum() & 0xff;
        String frame = "$%s#%02x".formatted(text, random.nextInt(12) == 0 ? sum ^ 1 : sum);
        String[] before = {"+", "+", "+", "", "-", "noise", "%Stop:T05#99", "$T05"};
        return (before[random.nextInt(before.length)] + frame).getBytes(java.nio.charset.StandardCharsets.ISO_8859_1);
    }
}
