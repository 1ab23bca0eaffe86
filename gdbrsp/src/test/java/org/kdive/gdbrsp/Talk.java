package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** A client that has shaken hands with a transcript, and what a test says to both. */
final class Talk {
    static final ThreadId ONE = new ThreadId(1, 1);
    static final ThreadId TWO = new ThreadId(1, 2);

    /** As QEMU 7.2 greets, but with a description of three registers. */
    static final String[] QEMU = {
        "> $qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+;xmlRegisters=i386,arm#??",
        "< +$PacketSize=1000;qXfer:features:read+;vContSupported+;multiprocess+#??",
        "> +$vCont?#??",
        "< +$vCont;c;C;s;S#??",
        "> +$qqemu.Supported#??",
        "< +$sstepbits;sstep;PhyMemMode#??",
        "> +$Qqemu.PhyMemMode:0#??",
        "< +$OK#??",
        "> +$qC#??",
        "< +$QCp01.01#??",
        "> +$qXfer:features:read:target.xml:0,ff8#??",
        "< +$l<target><architecture>i386:x86-64</architecture><feature name=\"f\"><reg name=\"rax\" bitsize=\"64\"/>"
                + "<reg name=\"cs\" bitsize=\"32\"/><reg name=\"st0\" bitsize=\"80\" regnum=\"7\"/></feature></target>#??",
        "> +"
    };

    /** As KGDB of Linux 6.1 does: it knows none of this. */
    static final String[] KGDB = {
        "> $qSupported:multiprocess+;swbreak+;hwbreak+;vContSupported+;xmlRegisters=i386,arm#??",
        "< +$#00",
        "> +$qC#??",
        "< +$QCfffffffe#??",
        "> +$g#??",
        "< +$" + "00".repeat(156) + "#??",
        "> +"
    };

    final Transcript peer;
    final ManualTransport transport;
    final RspClient client;
    final List<StopReply> unsolicited = new ArrayList<>();

    private Talk(Transcript peer, RspOptions options) {
        this.peer = peer;
        transport = new ManualTransport(peer);
        client = transport.settled(RspClient.open(transport, options));
        client.onUnsolicitedStop(unsolicited::add);
        transport.forget();
    }

    static Talk with(String[] greeting, String... lines) {
        return with(RspOptions.defaults(), greeting, lines);
    }

    static Talk with(RspOptions options, String[] greeting, String... lines) {
        Talk talk = new Talk(Transcript.of(greeting), options);
        talk.peer.then(lines);
        return talk;
    }

    static Talk qemu(String... lines) {
        return with(QEMU, lines);
    }

    /** The peer says its next lines of its own accord. */
    void peerSpeaks() {
        peer.speak(transport);
        transport.settle();
    }

    <T> T settled(CompletableFuture<T> future) {
        return transport.settled(future);
    }

    /** Asked, and not answered yet. */
    void asked(CompletableFuture<?> future) {
        assertThat(future).isNotDone();
    }

    RspFailure failure(CompletableFuture<?> future) {
        RspException e = catchThrowableOfType(RspException.class, () -> transport.settled(future));
        assertThat(e).isNotNull();
        return e.failure();
    }

    void assertAllSaid() {
        assertThat(peer.left()).isEmpty();
    }
}
