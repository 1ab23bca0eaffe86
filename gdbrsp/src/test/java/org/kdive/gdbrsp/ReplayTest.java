package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What a real QEMU 7.2 said, said again: the client sends the same bytes, acknowledgements too, and understands. */
final class ReplayTest {
    @ParameterizedTest
    @EnumSource
    void speaksAsItDidToTheRealStub(Scenario scenario) {
        Transcript peer = Transcript.resource(scenario.transcript());
        ManualTransport transport = new ManualTransport(peer);
        play(scenario, transport);
        assertThat(peer.left()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void understandsTheSameHoweverTheStreamIsCut(Scenario scenario) {
        // Acknowledgements depend on what is read together, so only the packets are held against the transcript
        for (int pieceBytes : new int[] {1, 2, 3, 7, 64}) {
            ManualTransport transport = new ManualTransport(
                    Transcript.resource(scenario.transcript()).packetsOnly());
            transport.cutEvery(pieceBytes);
            play(scenario, transport);
        }
    }

    private static void play(Scenario scenario, ManualTransport transport) {
        RspClient client = transport.settled(RspClient.open(transport, RspOptions.defaults()));
        scenario.play(new Scenario.Driver() {
            @Override
            public RspClient client() {
                return client;
            }

            @Override
            public <T> T get(CompletableFuture<T> future) {
                return transport.settled(future);
            }
        });
    }
}
