package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kdive.gdbrsp.Talk.ONE;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** What leaves while the target runs, and who learns of its stop. */
final class RunRuleTest {
    private static final String STOP = "< $T05thread:p01.01;#??";

    @Test
    void nothingLeavesWhileTheTargetRuns() {
        Talk talk = Talk.qemu("> $vCont;c#??", "< +");
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.continueAll());
        assertThat(talk.client.state()).isEqualTo(RspState.RUNNING);
        talk.transport.forget();

        assertThat(talk.failure(talk.client.readRegisters(ONE))).isInstanceOf(RspFailure.Running.class);
        assertThat(talk.failure(talk.client.readMemory(ONE, 0, 8))).isInstanceOf(RspFailure.Running.class);
        assertThat(talk.failure(talk.client.insert(Stoppoint.software(1)))).isInstanceOf(RspFailure.Running.class);
        assertThat(talk.failure(talk.client.resume(Resume.continueAll()))).isInstanceOf(RspFailure.Running.class);
        assertThat(talk.failure(talk.client.detach())).isInstanceOf(RspFailure.Running.class);
        assertThat(talk.failure(talk.client.halted())).isInstanceOf(RspFailure.Running.class);
        assertThat(talk.transport.heard()).isEmpty();
        assertThat(stop).isNotDone();
    }

    @Test
    void theLastAnswerIsAcknowledgedBeforeTheResumeAndNothingAfterIt() {
        Talk talk = Talk.qemu(
                "> $Hgp1.1#??", "> $g#??", "< +$OK#??+$11223344556677889900aabb#??", "> +", "> $vCont;c#??", "< +");
        talk.settled(talk.client.readRegisters(ONE));
        talk.asked(talk.client.resume(Resume.continueAll()));
        talk.transport.settle();
        talk.assertAllSaid();
    }

    @Test
    void aResumeWaitsForTheAnswersBeforeIt() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $g#??");
        talk.asked(talk.client.readRegisters(ONE));
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.continueAll());
        talk.client.interrupt();
        assertThat(talk.client.state()).isEqualTo(RspState.RUNNING);
        talk.peer.then("< +$OK#??+$00#??", "> +$vCont;c#??\\x03", "< +$T02thread:p01.01;#??", "> +");
        talk.peerSpeaks();
        assertThat(talk.settled(stop)).isInstanceOf(StopReply.Signal.class);
        talk.assertAllSaid();
    }

    @Test
    void theInterruptIsSentOnceARunningPeriodAndNeverWhenHalted() {
        Talk talk = Talk.qemu("> $vCont;c#??", "< +", "> \\x03", "< $T02thread:p01.01;#??", "> +");
        talk.client.interrupt();
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.continueAll());
        talk.transport.settle();
        talk.client.interrupt();
        talk.client.interrupt();
        assertThat(talk.settled(stop)).isInstanceOfSatisfying(StopReply.Signal.class, signal -> {
            assertThat(signal.number()).isEqualTo(2);
            assertThat(signal.thread()).contains(ONE);
        });
        talk.client.interrupt();
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
        talk.assertAllSaid();
    }

    @Test
    void aRefusedResumeLeavesTheTargetHalted() {
        Talk talk = Talk.qemu("> $vCont;s:p1.2#??", "< +$E22#??", "> +");
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.step(Talk.TWO));
        assertThat(talk.failure(stop)).isEqualTo(new RspFailure.StubError(0x22, ""));
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
    }

    @Test
    void steppingWhileOthersRunIsOnePacket() {
        Talk talk = Talk.qemu("> $vCont;s:p1.2;c#??", "< +$T05thread:p01.02;#??", "> +");
        assertThat(talk.settled(talk.client.resume(Resume.stepWhileOthersRun(Talk.TWO)))
                        .thread())
                .contains(Talk.TWO);
        talk.assertAllSaid();
    }

    @Test
    void reverseIsRefusedHereUnlessOfferedBecauseQemuDiesOfIt() {
        Talk talk = Talk.qemu();
        assertThat(talk.failure(talk.client.resume(Resume.reverseStep())))
                .isEqualTo(new RspFailure.Unsupported("ReverseStep"));
        assertThat(talk.failure(talk.client.resume(Resume.reverseContinue())))
                .isEqualTo(new RspFailure.Unsupported("ReverseContinue"));
        assertThat(talk.transport.heard()).isEmpty();
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
    }

    @Test
    void reverseIsSentWhereOffered() {
        String[] replaying = Talk.QEMU.clone();
        replaying[1] = replaying[1].replace("multiprocess+", "multiprocess+;ReverseStep+;ReverseContinue+");
        Talk talk = Talk.with(
                replaying,
                "> $bs#??",
                "< +$T05thread:p01.01;#??",
                "> +",
                "> $bc#??",
                "< +$T05replaylog:begin;thread:p01.01;#??",
                "> +");
        talk.settled(talk.client.resume(Resume.reverseStep()));
        assertThat(talk.settled(talk.client.resume(Resume.reverseContinue())))
                .isInstanceOfSatisfying(
                        StopReply.Signal.class,
                        signal -> assertThat(signal.reason()).isEqualTo(new StopReply.Reason.ReplayLogEnd(true)));
        talk.assertAllSaid();
    }

    @Test
    void aStopKnownFromElsewhereEndsTheRunWithoutAReply() {
        Talk talk = Talk.qemu("> $vCont;c#??", "< +");
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.continueAll());
        talk.transport.settle();
        talk.client.stoppedElsewhere();
        assertThat(talk.settled(stop)).isEqualTo(new StopReply.NotReported());
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
    }

    @Test
    void aLateStopReplyNeverEndsTheNextRun() {
        Talk talk = Talk.qemu("> $vCont;c#??", "< +");
        CompletableFuture<StopReply> first = talk.client.resume(Resume.continueAll());
        talk.transport.settle();
        talk.client.stoppedElsewhere();
        talk.settled(first);

        // QEMU 7.2 wrote T02 when it was stopped over QMP, but it is read only now
        talk.peer.then("> $qC#??", "< $T02thread:p01.01;#??+$QCp01.01#??", "> +$vCont;c#??", "< +", STOP, "> +");
        CompletableFuture<StopReply> second = talk.client.resume(Resume.continueAll());
        assertThat(talk.settled(second))
                .isInstanceOfSatisfying(
                        StopReply.Signal.class,
                        signal -> assertThat(signal.number()).isEqualTo(5));
        assertThat(talk.unsolicited).hasSize(1);
        talk.assertAllSaid();
    }

    @Test
    void anUnsolicitedStopIsNotTakenForAnAnswer() {
        Talk talk = Talk.qemu("> $Hgp1.1#??", "> $g#??", "< $T02thread:p01.01;#??+$OK#??+$0102#??", "> +");
        assertThat(talk.settled(talk.client.readRegisters(ONE)).present()).isEmpty();
        assertThat(talk.unsolicited).hasSize(1);
        assertThat(talk.client.lastStop()).contains(talk.unsolicited.get(0));
    }

    @Test
    void aTargetResumedElsewhereIsLeftAloneUntilItsStop() {
        Talk talk = Talk.qemu();
        talk.client.resumedElsewhere();
        assertThat(talk.client.state()).isEqualTo(RspState.RUNNING);
        assertThat(talk.client.lastStop()).isEmpty();
        assertThat(talk.failure(talk.client.threads())).isInstanceOf(RspFailure.Running.class);
        assertThat(talk.transport.heard()).isEmpty();

        talk.peer.then("> \\x03", "< $T02thread:p01.01;#??", "> +");
        talk.client.interrupt();
        talk.transport.settle();
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
        assertThat(talk.unsolicited).hasSize(1);
        talk.assertAllSaid();
    }

    @Test
    void anInterruptWithoutAStopReplyEndsTheWaitButNotTheRun() {
        // QEMU 8.1 and later, stopped over QMP at the same moment
        Talk talk = Talk.qemu("> $vCont;c#??", "< +", "> \\x03");
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.continueAll());
        talk.transport.settle();
        talk.client.interrupt();
        talk.transport.pass(Duration.ofSeconds(4));
        assertThat(stop).isNotDone();
        talk.transport.pass(Duration.ofSeconds(2));
        assertThat(talk.failure(stop)).isInstanceOf(RspFailure.TimedOut.class);
        assertThat(talk.client.state()).isEqualTo(RspState.RUNNING);

        talk.client.stoppedElsewhere();
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
    }

    @Test
    void aTargetMayRunForeverButAResumeNobodyHeardMayNot() {
        Talk heard = Talk.qemu("> $vCont;c#??", "< +");
        CompletableFuture<StopReply> running = heard.client.resume(Resume.continueAll());
        heard.transport.pass(Duration.ofDays(1));
        assertThat(running).isNotDone();

        // QEMU 8.1 and later, resumed over QMP unbeknown to us: the $ stops it and the packet is lost
        Talk unheard = Talk.qemu("> $vCont;c#??");
        CompletableFuture<StopReply> lost = unheard.client.resume(Resume.continueAll());
        unheard.transport.pass(Duration.ofSeconds(11));
        assertThat(unheard.failure(lost)).isInstanceOf(RspFailure.TimedOut.class);
        assertThat(unheard.client.state()).isEqualTo(RspState.RUNNING); // or QEMU is only late, and will run it
        unheard.client.stoppedElsewhere();
        assertThat(unheard.client.state()).isEqualTo(RspState.HALTED);

        Talk other = Talk.with(Talk.KGDB, "> $c#??");
        CompletableFuture<StopReply> never = other.client.resume(Resume.continueAll());
        other.transport.pass(Duration.ofSeconds(11));
        assertThat(other.failure(never)).isInstanceOf(RspFailure.TimedOut.class);
        assertThat(other.client.state()).isEqualTo(RspState.CLOSED);
    }

    @Test
    void targetOutputIsNoStop() {
        Talk talk = Talk.qemu("> $vCont;c#??", "< +$O68690a#??", "> +", STOP, "> +");
        StringBuilder text = new StringBuilder();
        talk.client.onOutput(bytes -> text.append(new String(bytes, java.nio.charset.StandardCharsets.UTF_8)));
        assertThat(talk.settled(talk.client.resume(Resume.continueAll()))).isInstanceOf(StopReply.Signal.class);
        assertThat(text).hasToString("hi\n");
    }

    @Test
    void theStopIsToldWithItsWatchpoint() {
        Talk talk = Talk.qemu(
                "> $Z2,ffffffff80000000,40000000#??",
                "< +$OK#??",
                "> +",
                "> $vCont;c#??",
                "< +$T05thread:p01.01;watch:ffffffff80000000;#??",
                "> +");
        talk.settled(talk.client.insert(new Stoppoint(Stoppoint.Kind.WRITE, 0xffffffff80000000L, 0x40000000)));
        assertThat(talk.settled(talk.client.resume(Resume.continueAll())))
                .isInstanceOfSatisfying(
                        StopReply.Signal.class,
                        signal -> assertThat(signal.reason())
                                .isEqualTo(new StopReply.Reason.Watchpoint(Stoppoint.Kind.WRITE, 0xffffffff80000000L)));
        talk.assertAllSaid();
    }
}
