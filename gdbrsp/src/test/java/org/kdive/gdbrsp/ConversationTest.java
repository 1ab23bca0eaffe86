package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kdive.gdbrsp.Talk.ONE;
import static org.kdive.gdbrsp.Talk.TWO;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Answers, damage, deadlines and the end, while the target is halted. */
final class ConversationTest {
    @Test
    void greetsQemuAndReadsTheDescriptionBeforeAnyRegister() {
        // QEMU before 8.2 answers p and P empty until target.xml was read: the greeting itself is the test
        Talk talk = Talk.qemu();
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
        assertThat(talk.client.features().packetSizeBytes()).isEqualTo(0x1000);
        assertThat(talk.client.features().physicalMemory()).isTrue();
        assertThat(talk.client.features().reverseStep()).isFalse();
        assertThat(talk.client.firstThread()).contains(ONE);
        assertThat(talk.client.description().architecture()).isEqualTo("i386:x86-64");
        assertThat(talk.client.description().findRegister("st0").orElseThrow().number())
                .isEqualTo(7);
        talk.assertAllSaid();
    }

    @Test
    void aStopReplyInFrontOfTheGreetingIsNotItsAnswer() {
        // QEMU 7.2 when a client connects to a running guest
        String[] running = Talk.QEMU.clone();
        running[1] = "< $T02thread:01;#??" + running[1].substring(2);
        running[2] = "> +" + running[2].substring(2);
        Talk talk = Talk.with(running);
        assertThat(talk.client.lastStop()).isPresent();
        assertThat(talk.client.features().multiprocess()).isTrue();
    }

    @Test
    void aThreadIsSelectedOnceAndAgainAfterAStop() {
        Talk talk = Talk.qemu(
                "> $Hgp1.2#??",
                "> $p0#??",
                "< +$OK#??+$0100000000000000#??",
                "> +",
                "> $p1#??",
                "< +$02000000#??",
                "> +",
                "> $vCont;s:p1.1#??",
                "< +$T05thread:p01.01;#??",
                "> +",
                "> $p1#??",
                "< +$03000000#??",
                "> +",
                "> $Hgp1.2#??",
                "> $p1#??");
        Register rax = talk.client.description().findRegister("rax").orElseThrow();
        Register cs = talk.client.description().findRegister("cs").orElseThrow();
        assertThat(talk.settled(talk.client.readRegister(TWO, rax))).containsExactly(1, 0, 0, 0, 0, 0, 0, 0);
        assertThat(talk.settled(talk.client.readRegister(TWO, cs))).containsExactly(2, 0, 0, 0);
        talk.settled(talk.client.resume(Resume.step(ONE)));
        // the thread that reported the stop is selected already
        assertThat(talk.settled(talk.client.readRegister(ONE, cs))).containsExactly(3, 0, 0, 0);
        talk.asked(talk.client.readRegister(TWO, cs));
        talk.assertAllSaid();
    }

    @Test
    void anUnknownThreadFailsWhatWasAskedOfItAndNothingElse() {
        ThreadId nine = new ThreadId(1, 9);
        Talk talk = Talk.qemu("> $Hgp1.9#??", "> $g#??", "> $m0,4#??", "> $Hgp1.1#??", "> $m0,4#??");
        CompletableFuture<Registers> registers = talk.client.readRegisters(nine);
        CompletableFuture<byte[]> wrong = talk.client.readMemory(nine, 0, 4);
        CompletableFuture<byte[]> right = talk.client.readMemory(ONE, 0, 4);
        talk.peer.then("< +$E22#??+$00#??+$01020304#??+$OK#??+$05060708#??", "> +");
        talk.peerSpeaks();
        assertThat(talk.failure(registers)).isEqualTo(new RspFailure.NoSuchThread("p1.9"));
        assertThat(talk.failure(wrong)).isEqualTo(new RspFailure.NoSuchThread("p1.9"));
        assertThat(talk.settled(right)).containsExactly(5, 6, 7, 8);
    }

    @Test
    void askingWhyItHaltedKeepsTheBreakpoints() {
        // QEMU drops those of one vCPU at "?" and then cannot remove the others
        Talk talk = Talk.qemu(
                "> $Z0,10,1#??",
                "< +$OK#??",
                "> +",
                "> $qC#??",
                "< +$QCp01.01#??",
                "> $z0,10,1#??",
                "> $?#??",
                "> $Z0,10,1#??",
                "> $qC#??",
                "< +$OK#??+$T05thread:p01.01;#??+$OK#??+$QCp01.01#??",
                "> +");
        talk.settled(talk.client.insert(Stoppoint.software(0x10)));
        assertThat(talk.settled(talk.client.halted()).thread()).contains(ONE);
        talk.assertAllSaid();
    }

    @Test
    void registersAreWrittenOneByOneNeverAllAtOnce() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $P1=08000000#??", "< +$OK#??+$OK#??", "> +");
        Register cs = talk.client.description().findRegister("cs").orElseThrow();
        talk.settled(talk.client.writeRegister(ONE, cs, new byte[] {8, 0, 0, 0}));
        talk.assertAllSaid();
    }

    @Test
    void aPacketLongerThanTheStubTakesIsNotSent() {
        Talk talk = Talk.qemu();
        assertThat(talk.failure(talk.client.monitor("x".repeat(3000)))).isInstanceOf(RspFailure.TooLong.class);
        assertThat(talk.transport.heard()).isEmpty();
    }

    @Test
    void monitorTextIsCollectedAndContinueRefused() {
        Talk talk = Talk.qemu("> $qRcmd,696e666f#??", "< +$O6869#??$O0a#??$OK#??", "> +");
        assertThat(talk.settled(talk.client.monitor("info"))).isEqualTo("hi\n");
        assertThat(talk.failure(talk.client.monitor(" cont "))).isInstanceOf(RspFailure.Refused.class);
        talk.assertAllSaid();
    }

    @Test
    void afterDetachingNotOneByteLeaves() {
        // QEMU dies of a packet after D, and stops the guest at a mere acknowledgement
        Talk talk = Talk.qemu("> $D;1#??", "< +$OK#??");
        talk.settled(talk.client.detach());
        assertThat(talk.transport.isClosed()).isTrue();
        assertThat(talk.failure(talk.client.threads())).isInstanceOf(RspFailure.ClosedHere.class);
        talk.assertAllSaid();
    }

    @Test
    void aRefusedDetachClosesToo() {
        Talk talk = Talk.qemu("> $D;1#??", "< +$E22#??");
        assertThat(talk.failure(talk.client.detach())).isInstanceOf(RspFailure.StubError.class);
        assertThat(talk.transport.isClosed()).isTrue();
        talk.assertAllSaid();
    }

    @Test
    void killingEndsWithTheConnectionWhateverTheStubSays() {
        for (String[] end : new String[][] {{"< +", "< EOF"}, {"< +$OK#??", "< EOF"}, {"< +"}}) {
            Talk talk = Talk.qemu("> $k#??");
            talk.peer.then(end);
            CompletableFuture<Void> killed = talk.client.kill();
            talk.transport.pass(Duration.ofSeconds(3));
            talk.settled(killed);
            assertThat(talk.client.state()).isEqualTo(RspState.CLOSED);
        }
    }

    @Test
    void aNakIsAnsweredByTheSamePacketAFewTimes() {
        Talk once = Talk.qemu("> $Z0,10,1#??", "< -", "> $Z0,10,1#??", "< +$OK#??", "> +");
        once.settled(once.client.insert(Stoppoint.software(0x10)));
        once.assertAllSaid();

        Talk always = Talk.qemu("> $Z0,10,1#??", "< ----");
        always.peer.then("> $Z0,10,1#??", "> $Z0,10,1#??");
        assertThat(always.failure(always.client.insert(Stoppoint.software(0x10))))
                .isInstanceOf(RspFailure.Protocol.class);
        assertThat(always.client.state()).isEqualTo(RspState.CLOSED);
    }

    @Test
    void aDamagedAnswerIsAskedForAgain() {
        Talk talk = Talk.qemu("> $Z0,10,1#??", "< +$OK#00", "> -", "< $OK#??", "> +");
        talk.settled(talk.client.insert(Stoppoint.software(0x10)));
        talk.assertAllSaid();
    }

    @Test
    void aDamagedAnswerAmongManyEndsTheConnection() {
        // the stub would repeat its last answer, not the damaged one
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $g#??", "< +$OK#00+$00#??");
        assertThat(talk.failure(talk.client.readRegisters(ONE))).isInstanceOf(RspFailure.Protocol.class);
        assertThat(talk.client.state()).isEqualTo(RspState.CLOSED);
    }

    @Test
    void aRequestWithoutAnswerEndsTheConnectionForAllWhoWait() {
        Talk talk = Talk.with(Talk.KGDB, "> $Z0,10,1#??", "< +");
        CompletableFuture<Void> first = talk.client.insert(Stoppoint.software(0x10));
        CompletableFuture<Void> second = talk.client.remove(Stoppoint.software(0x20));
        talk.transport.pass(Duration.ofSeconds(9));
        assertThat(first).isNotDone();
        talk.transport.pass(Duration.ofSeconds(2));
        RspFailure failure = talk.failure(first);
        assertThat(failure).isInstanceOf(RspFailure.TimedOut.class);
        assertThat(talk.failure(second)).isEqualTo(failure);
        assertThat(talk.failure(talk.client.threads())).isEqualTo(failure);
        assertThat(talk.settled(talk.client.closed())).isEqualTo(failure);
    }

    @Test
    void qemuMayAnswerAfterTheDeadlineAndWhatItDidThenIsUndone() {
        Talk talk = Talk.qemu(
                "> $Z0,10,1#??",
                "> $z0,20,1#??",
                "> $qqemu.Supported#??", // after the deadline: the mark
                "< +$OK#??",
                "< +$E22#??",
                "> +",
                "< +$sstepbits;sstep;PhyMemMode#??",
                "> +$z0,10,1#??", // the breakpoint that nobody knows of
                "< +$OK#??",
                "> +",
                "> $Z0,30,1#??",
                "< +$OK#??",
                "> +");
        CompletableFuture<Void> first = talk.client.insert(Stoppoint.software(0x10));
        CompletableFuture<Void> second = talk.client.remove(Stoppoint.software(0x20));
        talk.transport.pass(Duration.ofSeconds(11));
        assertThat(talk.failure(first)).isInstanceOf(RspFailure.TimedOut.class);
        assertThat(talk.failure(second)).isInstanceOf(RspFailure.TimedOut.class);
        talk.settled(talk.client.insert(Stoppoint.software(0x30)));
        talk.assertAllSaid();
    }

    @Test
    void theDeadlineCountsFromTheAnswerBefore() {
        Talk talk = Talk.qemu("> $Z0,10,1#??", "> $Z0,20,1#??");
        CompletableFuture<Void> first = talk.client.insert(Stoppoint.software(0x10));
        CompletableFuture<Void> second = talk.client.insert(Stoppoint.software(0x20));
        talk.transport.pass(Duration.ofSeconds(9));
        talk.peer.then("< +$OK#??", "< +$OK#??", "> +");
        talk.peerSpeaks();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        talk.transport.pass(Duration.ofSeconds(20));
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
    }

    @Test
    void aBrokenConnectionFailsEverythingWithTheSameFailure() {
        List<String> ends = List.of("< +$1122", "< +$OK#??+$11", "< ");
        for (String end : ends) {
            Talk talk = Talk.qemu("> $Hgp1.1#??", "> $g#??", end, "< EOF");
            CompletableFuture<Registers> registers = talk.client.readRegisters(ONE);
            assertThat(talk.failure(registers)).isEqualTo(new RspFailure.Disconnected(""));
            assertThat(talk.client.state()).isEqualTo(RspState.CLOSED);
            assertThat(talk.settled(talk.client.closed())).isEqualTo(new RspFailure.Disconnected(""));
        }
        Talk running = Talk.qemu("> $vCont;c#??", "< +", "< EOF");
        CompletableFuture<StopReply> stop = running.client.resume(Resume.continueAll());
        assertThat(running.failure(stop)).isEqualTo(new RspFailure.Disconnected(""));
    }

    @Test
    void kgdbIsAskedOneThingAtATimeInItsOwnWords() {
        Talk talk = Talk.with(
                Talk.KGDB,
                "> $Hgfffffffe#??",
                "< +$OK#??",
                "> +$m1000,c8#??",
                "< +$" + "00".repeat(200) + "#??",
                "> +",
                "> $Hc7#??",
                "< +$OK#??",
                "> +$s#??",
                "< +$T05thread:7;#??",
                "> +",
                "> $c#??",
                "< +$S05#??",
                "> +");
        ThreadId cpu = talk.client.firstThread().orElseThrow();
        assertThat(cpu).isEqualTo(new ThreadId(0, 0xfffffffeL));
        assertThat(talk.settled(talk.client.readMemory(cpu, 0x1000, 200))).hasSize(200);
        talk.settled(talk.client.resume(Resume.step(new ThreadId(0, 7))));
        assertThat(talk.settled(talk.client.resume(Resume.continueAll()))).isInstanceOf(StopReply.Signal.class);
        talk.assertAllSaid();
    }

    @Test
    void threadListsEndWithAnLOrWithNothing() {
        Talk qemu = Talk.qemu(
                "> $qfThreadInfo#??",
                "< +$mp01.01#??",
                "> $qsThreadInfo#??",
                "< +$mp01.02#??",
                "> $qsThreadInfo#??",
                "< +$l#??",
                "> +");
        assertThat(qemu.settled(qemu.client.threads())).containsExactly(ONE, TWO);

        Talk kgdb = Talk.with(
                Talk.KGDB, "> $qfThreadInfo#??", "< +$mfffffffe,1,2#??", "> +$qsThreadInfo#??", "< +$#??", "> +");
        assertThat(kgdb.settled(kgdb.client.threads())).hasSize(3);
    }

    @Test
    void noAcknowledgementsAfterTheModeIsOff() {
        Talk talk = Talk.with(new String[] {
            "> $qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+;xmlRegisters=i386,arm#??",
            "< +$PacketSize=3fff;QStartNoAckMode+#??",
            "> +$QStartNoAckMode#??",
            "< +$OK#??",
            "> +$vCont?#??",
            "< $vCont;c;C;s;S;t#??",
            "> $qqemu.Supported#??",
            "< $#??",
            "> $qC#??",
            "< $QC5#??",
            "> $g#??",
            "< $#??"
        });
        talk.peer.then("> $vCont;c#??", "< $T05thread:5;swbreak:;#??");
        assertThat(talk.settled(talk.client.resume(Resume.continueAll())))
                .isInstanceOfSatisfying(
                        StopReply.Signal.class,
                        signal -> assertThat(signal.reason()).isEqualTo(new StopReply.Reason.SoftwareBreakpoint()));
        talk.assertAllSaid();
    }
}
