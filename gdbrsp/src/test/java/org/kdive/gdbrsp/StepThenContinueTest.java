package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kdive.gdbrsp.Talk.ONE;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Off a breakpoint in one resume. */
final class StepThenContinueTest {
    @Test
    void gettingOffABreakpointIsOneResume() {
        Talk talk = Talk.qemu(
                "> $vCont;s:p1.2#??", "< +$T05thread:p01.02;#??", "> +$vCont;c#??", "< +", "< $T05thread:p01.01;#??");
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.stepThenContinue(Talk.TWO));
        assertThat(talk.client.state()).isEqualTo(RspState.RUNNING);
        talk.peer.then("> +");
        assertThat(talk.settled(stop).thread()).contains(ONE);
        talk.assertAllSaid();
    }

    @Test
    void requestsBetweenTheStepAndTheContinueAreRefused() {
        Talk talk = Talk.qemu("> $vCont;s:p1.1#??", "< +$T05thread:p01.01;#??", "> +$vCont;c#??", "< +");
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.stepThenContinue(ONE));
        CompletableFuture<Registers> registers = talk.client.readRegisters(ONE);
        talk.transport.settle();
        assertThat(talk.failure(registers)).isInstanceOf(RspFailure.Running.class);
        assertThat(talk.client.state()).isEqualTo(RspState.RUNNING);
        assertThat(talk.client.lastStop()).isEmpty();
        talk.asked(stop);
        talk.assertAllSaid();
    }

    @Test
    void aStepThatHitAWatchpointOrWasStoppedDoesNotGoOn() {
        for (String reply : new String[] {"T05thread:p01.01;watch:1000;", "T02thread:p01.01;", "T05thread:p01.02;"}) {
            Talk talk = Talk.qemu("> $vCont;s:p1.1#??", "< +$" + reply + "#??", "> +");
            assertThat(talk.settled(talk.client.resume(Resume.stepThenContinue(ONE))))
                    .isInstanceOf(StopReply.Signal.class);
            assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
            talk.assertAllSaid();
        }
    }

    @Test
    void anInterruptDuringTheStepKeepsTheTargetFromGoingOn() {
        Talk talk = Talk.qemu("> $vCont;s:p1.1#??", "< +", "> \\x03", "< $T05thread:p01.01;#??", "> +");
        CompletableFuture<StopReply> stop = talk.client.resume(Resume.stepThenContinue(ONE));
        talk.transport.settle();
        talk.client.interrupt();
        assertThat(talk.settled(stop)).isInstanceOf(StopReply.Signal.class);
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
        talk.assertAllSaid();
    }

    @Test
    void aStepThatIsRefusedDoesNotGoOn() {
        Talk talk = Talk.qemu("> $vCont;s:p1.2#??", "< +$E22#??", "> +");
        assertThat(talk.failure(talk.client.resume(Resume.stepThenContinue(Talk.TWO))))
                .isEqualTo(new RspFailure.StubError(0x22, ""));
        assertThat(talk.client.state()).isEqualTo(RspState.HALTED);
        talk.assertAllSaid();
    }

    @Test
    void oneThreadContinuesAloneOffABreakpoint() {
        Talk talk = Talk.qemu(
                "> $vCont;s:p1.2#??",
                "< +$T05thread:p01.02;#??",
                "> +$vCont;c:p1.2#??",
                "< +",
                "< $T05thread:p01.02;#??",
                "> +");
        assertThat(talk.settled(talk.client.resume(Resume.stepThenContinueOne(Talk.TWO)))
                        .thread())
                .contains(Talk.TWO);
        talk.assertAllSaid();
    }

    @Test
    void oneThreadContinuesAlone() {
        Talk talk = Talk.qemu("> $vCont;c:p1.2#??", "< +", "< $T05thread:p01.02;#??", "> +");
        assertThat(talk.settled(talk.client.resume(Resume.continueOne(Talk.TWO)))
                        .thread())
                .contains(Talk.TWO);
        talk.assertAllSaid();
    }
}
