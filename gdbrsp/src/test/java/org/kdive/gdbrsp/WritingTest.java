package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kdive.gdbrsp.Talk.ONE;

import java.math.BigInteger;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What goes to the stub: memory in binary where it takes that, registers whole where that is safe. */
final class WritingTest {
    private static final ThreadId KGDB_THREAD = new ThreadId(0, 0xfffffffeL);

    @Test
    void qemuIsNeverSentABinaryWrite() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $M1000,2:01ff#??");
        CompletableFuture<Void> written = talk.client.writeMemory(ONE, 0x1000, new byte[] {1, -1});
        talk.peer.then("< +$OK#??+$OK#??", "> +");
        talk.peerSpeaks();
        talk.settled(written);
        talk.assertAllSaid();
    }

    @Test
    void aStubThatTakesBinaryWritesGetsThemEscaped() {
        Talk talk = Talk.with(
                Talk.KGDB,
                "> $Hgfffffffe#??",
                "< +$OK#??",
                "> +$X10,0:#??",
                "< +$OK#??",
                "> +$X10,3:}\u0003}]A#??",
                "< +$OK#??",
                "> +");
        CompletableFuture<Void> written = talk.client.writeMemory(KGDB_THREAD, 0x10, new byte[] {'#', '}', 'A'});
        talk.peerSpeaks();
        talk.settled(written);
        talk.assertAllSaid();
    }

    @Test
    void aStubThatDoesNotGetsDigits() {
        Talk talk = Talk.with(
                Talk.KGDB,
                "> $Hgfffffffe#??",
                "< +$OK#??",
                "> +$X10,0:#??",
                "< +$#00",
                "> +$M10,1:41#??",
                "< +$OK#??",
                "> +");
        CompletableFuture<Void> written = talk.client.writeMemory(KGDB_THREAD, 0x10, new byte[] {'A'});
        talk.peerSpeaks();
        talk.settled(written);
        talk.assertAllSaid();
    }

    @Test
    void qemuOnX86GetsItsRegistersOneByOne() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $g#??");
        CompletableFuture<Registers> read = talk.client.readRegisters(ONE);
        talk.peer.then("< +$OK#??+$" + "0100000000000000" + "10000000" + "#??", "> +");
        talk.peerSpeaks();
        Registers changed = talk.settled(read).with("rax", BigInteger.TWO);
        talk.peer.then("> $P0=0200000000000000#??", "> $P1=10000000#??");
        CompletableFuture<Void> written = talk.client.writeRegisters(ONE, changed);
        talk.peer.then("< +$OK#??+$OK#??", "> +");
        talk.peerSpeaks();
        talk.settled(written);
        assertThat(changed.requireLong("rax")).isEqualTo(2);
        talk.assertAllSaid();
    }

    @Test
    void asksWhetherTheStubWasThereFirst() {
        Talk talk = Talk.qemu("> $qAttached#??");
        CompletableFuture<Boolean> attached = talk.client.isAttached();
        talk.peer.then("< +$1#31", "> +");
        talk.peerSpeaks();
        assertThat(talk.settled(attached)).isTrue();
        talk.assertAllSaid();
    }
}
