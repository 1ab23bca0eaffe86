package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.kdive.gdbrsp.Talk.ONE;
import static org.kdive.gdbrsp.Talk.TWO;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

/** Registers that are asked for before anybody asks. */
final class ReadAheadTest {
    private static final String G = "0100000000000000" + "02000000" + "00".repeat(10);
    private static final String[] STEPPED = {
        "> $vCont;s:p1.1#??", "< +$T05thread:p01.01;#??", "> +$g#??", "< +$" + G + "#??", "> +"
    };

    private static Talk stepped(String... after) {
        Talk talk = Talk.with(RspOptions.defaults().withRegistersAtStops(true), Talk.QEMU, STEPPED);
        talk.peer.then(after);
        talk.settled(talk.client.resume(Resume.step(ONE)));
        return talk;
    }

    @Test
    void theRegistersOfATrapAreAskedForAtOnceAndGivenOutOnce() {
        Talk talk = stepped("> $g#??", "< +$" + G + "#??", "> +");
        CompletableFuture<Registers> first = talk.client.readRegisters(ONE);
        assertThat(first).isCompleted();
        assertThat(first.join().requireLong("rax")).isEqualTo(1);
        assertThat(talk.settled(talk.client.readRegisters(ONE))).isEqualTo(first.join());
        talk.assertAllSaid();
    }

    @Test
    void anotherThreadIsAskedForItsOwn() {
        Talk talk = stepped("> $Hgp1.2#??", "> $g#??", "< +$OK#??+$" + G + "#??", "> +");
        assertThat(talk.settled(talk.client.readRegisters(TWO)).requireLong("cs"))
                .isEqualTo(2);
        talk.assertAllSaid();
    }

    @Test
    void aWriteMakesThemVoid() {
        Talk talk = stepped("> $P1=08000000#??", "< +$OK#??", "> +", "> $g#??", "< +$" + G + "#??", "> +");
        Register cs = talk.client.description().findRegister("cs").orElseThrow();
        talk.settled(talk.client.writeRegister(ONE, cs, new byte[] {8, 0, 0, 0}));
        talk.settled(talk.client.readRegisters(ONE));
        talk.assertAllSaid();
    }

    @Test
    void aChangeByOthersMakesThemVoid() {
        Talk talk = stepped("> $g#??", "< +$" + G + "#??", "> +");
        talk.client.changedElsewhere();
        talk.settled(talk.client.readRegisters(ONE));
        talk.assertAllSaid();
    }

    @Test
    void aResumeMakesThemVoidAndWaitsForTheirAnswer() {
        Talk talk = Talk.with(
                RspOptions.defaults().withRegistersAtStops(true),
                Talk.QEMU,
                "> $vCont;s:p1.1#??",
                "< +$T05thread:p01.01;#??",
                "> +$g#??");
        talk.settled(talk.client.resume(Resume.step(ONE)));
        talk.asked(talk.client.resume(Resume.continueAll()));
        talk.peer.then("< +$" + G + "#??", "> +$vCont;c#??", "< +");
        talk.peerSpeaks();
        assertThat(talk.failure(talk.client.readRegisters(ONE))).isInstanceOf(RspFailure.Running.class);
        talk.assertAllSaid();
    }

    @Test
    void aPauseSelectsNoThreadAndIsNotReadAhead() {
        Talk talk = Talk.with(
                RspOptions.defaults().withRegistersAtStops(true),
                Talk.QEMU,
                "> $vCont;c#??",
                "< +$T02thread:p01.01;#??",
                "> +");
        talk.settled(talk.client.resume(Resume.continueAll()));
        talk.assertAllSaid();
    }

    @Test
    void theStepOffABreakpointIsNotReadAhead() {
        Talk talk = Talk.with(
                RspOptions.defaults().withRegistersAtStops(true),
                Talk.QEMU,
                "> $vCont;s:p1.1#??",
                "< +$T05thread:p01.01;#??",
                "> +$vCont;c#??",
                "< +$T05thread:p01.01;#??",
                "> +$g#??");
        talk.settled(talk.client.resume(Resume.stepThenContinue(ONE)));
        talk.assertAllSaid();
    }
}
