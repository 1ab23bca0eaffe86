package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.kdive.gdbrsp.Talk.ONE;

import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

final class MemoryAccessTest {
    @Test
    void readsAreSplitAtPageBordersAndByPacketSize() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $mffe,2#??", "> $m1000,800#??", "> $m1800,800#??", "> $m2000,1#??");
        CompletableFuture<byte[]> read = talk.client.readMemory(ONE, 0xffe, 0x1003);
        talk.peer.then(
                "< +$OK#??+$0102#??", "< +$" + "00".repeat(0x800) + "#??+$" + "00".repeat(0x800) + "#??+$ff#??", "> +");
        talk.peerSpeaks();
        assertThat(talk.settled(read)).hasSize(0x1003).startsWith(1, 2, 0).endsWith(0, -1);
        talk.assertAllSaid();
    }

    @Test
    void neverMoreThanSixtyFourAreInFlight() {
        Talk talk = new Flood().talk();
        CompletableFuture<byte[]> read = talk.client.readMemory(ONE, 0, 1 << 20);
        assertThat(talk.transport.heard().chars().filter(c -> c == '$').count()).isEqualTo(64);
        assertThat(read).isNotDone();
    }

    /** A peer that only listens. */
    private static final class Flood {
        Talk talk() {
            String[] lines = new String[64];
            lines[0] = "> $Hgp1.1#??";
            for (int i = 1; i < 64; i++) {
                lines[i] = "> $m%x,800#??".formatted((i - 1) * 0x800);
            }
            return Talk.qemu(lines);
        }
    }

    @Test
    void aFaultNamesTheFirstBadPage() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $mff0,10#??", "> $m1000,800#??", "> $m1800,800#??", "> $m2000,10#??");
        CompletableFuture<byte[]> read = talk.client.readMemory(ONE, 0xff0, 0x1020);
        talk.peer.then("< +$OK#??+$" + "11".repeat(16) + "#??+$E14#??+$E14#??+$" + "22".repeat(16) + "#??", "> +");
        talk.peerSpeaks();
        assertThat(talk.failure(read)).isEqualTo(new RspFailure.MemoryFault(0x1000));
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
        talk.assertAllSaid();
    }

    @Test
    void theReadablePartsComeAsPieces() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $mffc,4#??", "> $m1000,800#??", "> $m1800,800#??", "> $m2000,4#??");
        CompletableFuture<List<MemoryPiece>> read = talk.client.readReadableMemory(ONE, 0xffc, 0x1008);
        talk.peer.then("< +$OK#??+$01020304#??+$E14#??+$E14#??+$05060708#??", "> +");
        talk.peerSpeaks();
        assertThat(talk.settled(read))
                .satisfiesExactly(
                        piece -> {
                            assertThat(piece.address()).isEqualTo(0xffc);
                            assertThat(piece.bytes()).containsExactly(1, 2, 3, 4);
                        },
                        piece -> {
                            assertThat(piece.address()).isEqualTo(0x2000);
                            assertThat(piece.bytes()).containsExactly(5, 6, 7, 8);
                        });
    }

    @Test
    void anAnswerThatIsTooShortIsAFaultBehindIt() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $m10,4#??", "< +$OK#??+$0102#??", "> +");
        assertThat(talk.failure(talk.client.readMemory(ONE, 0x10, 4))).isEqualTo(new RspFailure.MemoryFault(0x12));
    }

    @Test
    void anAnswerThatIsTooLongOrNotHexadecimalFailsTheReadOnly() {
        for (String answer : List.of("0102030405", "010", "zz")) {
            Talk talk = Talk.qemu("> $Hgp1.1#??", "> $m10,4#??", "< +$OK#??+$" + answer + "#??", "> +");
            assertThat(talk.failure(talk.client.readMemory(ONE, 0x10, 4))).isInstanceOf(RspFailure.Protocol.class);
            assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
        }
    }

    @Test
    void aCancelledReadIsNotSentToItsEnd() {
        Talk talk = new Flood().talk();
        CompletableFuture<byte[]> read = talk.client.readMemory(ONE, 0, 1 << 20);
        read.cancel(false);
        StringBuilder answers = new StringBuilder("< +$OK#??");
        answers.append(("+$" + "00".repeat(0x800) + "#??").repeat(63));
        talk.peer.then(answers.toString(), "> +");
        talk.peerSpeaks();
        talk.assertAllSaid();
    }

    @Test
    void readsAtTheEndOfTheAddressSpace() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $mfffffffffffffffe,2#??", "< +$OK#??+$0102#??", "> +");
        assertThat(talk.settled(talk.client.readMemory(ONE, -2, 2))).containsExactly(1, 2);
        assertThatThrownBy(() -> talk.client.readMemory(ONE, -2, 3)).isInstanceOf(IllegalArgumentException.class);
        assertThat(talk.settled(talk.client.readMemory(ONE, 0, 0))).isEmpty();
    }

    @Test
    void writesFitThePacketAndThePage() {
        byte[] data = new byte[5000];
        data[0] = 0x2a;
        Talk talk = new Talk2().talk(data);
        talk.settled(talk.client.writeMemory(ONE, 0xff0, data));
        talk.assertAllSaid();
    }

    private static final class Talk2 {
        Talk talk(byte[] data) {
            // (4096 - 4 - the longest header) / 2 = 2032 at most, and none across a page
            String[] lines = {
                "> $Hgp1.1#??",
                write(0xff0, 16, data[0]),
                write(0x1000, 2032, 0),
                write(0x17f0, 2032, 0),
                write(0x1fe0, 32, 0),
                write(0x2000, 888, 0),
                "< " + "+$OK#??".repeat(6),
                "> +"
            };
            return Talk.qemu(lines);
        }

        private static String write(long address, int length, int first) {
            return "> $M%x,%x:%02x%s#??".formatted(address, length, first, "00".repeat(length - 1));
        }
    }

    @Test
    void physicalModeIsAlwaysLeft() {
        Talk good = Talk.qemu(
                "> $Qqemu.PhyMemMode:1#??",
                "> $m1000,2#??",
                "> $Qqemu.PhyMemMode:0#??",
                "< +$OK#??+$0102#??+$OK#??",
                "> +");
        assertThat(good.settled(good.client.readPhysicalMemory(0x1000, 2))).containsExactly(1, 2);
        good.assertAllSaid();

        Talk bad = Talk.qemu(
                "> $Qqemu.PhyMemMode:1#??",
                "> $m1000,2#??",
                "> $Qqemu.PhyMemMode:0#??",
                "< +$OK#??+$E14#??+$OK#??",
                "> +");
        assertThat(bad.failure(bad.client.readPhysicalMemory(0x1000, 2))).isEqualTo(new RspFailure.MemoryFault(0x1000));
        bad.assertAllSaid();
    }

    @Test
    void physicalMemoryIsNotAskedOfAStubWithoutIt() {
        Talk talk = Talk.with(Talk.KGDB);
        assertThat(talk.failure(talk.client.readPhysicalMemory(0, 8))).isInstanceOf(RspFailure.Unsupported.class);
        assertThat(talk.transport.heard()).isEmpty();
    }
}
