package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is said over a serial line to KGDB, packet by packet: little, in turn, and nothing twice. 115200 baud are 11 bytes a
 * millisecond, so that a page took 0.7 s.
 */
@Timeout(60)
final class KgdbMannersTest {
    private static final long PC = 0xffffffff81000000L;

    @TempDir
    private Path directory;

    private KgdbPeer peer;
    private Session session;

    @BeforeEach
    void attach() throws Exception {
        peer = new KgdbPeer(directory);
        session = Session.open();
        AttachPlan plan = new AttachPlan(AttachPlan.Way.KGDB, peer.endpoint(), null, null, false, Optional::empty);
        session.call(() -> session.attach(plan));
    }

    @AfterEach
    void leave() throws Exception {
        session.close();
        peer.close();
        assertThat(peer.breaches()).isEmpty();
    }

    private byte[] read(long address, int length) {
        return session.call(() -> session.memory().read(address, length));
    }

    private void runAndStop() {
        session.call(() -> session.resume());
        session.interrupt();
        assertThat(session.call(() -> session.requireRunning().await(Duration.ofSeconds(20))))
                .isPresent();
    }

    @Test
    void attachingAsksForRegistersAndNoMemory() {
        List<String> asked = peer.packets();
        assertThat(asked).hasSize(5);
        assertThat(asked.get(0)).startsWith("qSupported");
        assertThat(asked.subList(1, 5)).containsExactly("qC", "g", "qfThreadInfo", "qsThreadInfo");
    }

    @Test
    void aStopAsksForRegistersFirstAndOnce() {
        runAndStop();
        session.call(() -> session.requireStop().pc());
        List<String> asked = peer.packets();
        assertThat(asked.subList(asked.indexOf("c"), asked.size())).containsExactly("c", "g");
    }

    @Test
    void aLookAtCodeIsOneShortReadAndTheNextOneIsFree() {
        peer.packets();
        assertThat(read(PC, 15)).containsOnly(0x90);
        assertThat(peer.packets()).filteredOn(packet -> packet.startsWith("m")).containsExactly("mffffffff81000000,40");
        read(PC + 8, 40);
        assertThat(peer.packets()).isEmpty();
    }

    @Test
    void aLongReadTakesAsFewPacketsAsTheBufferAllows() {
        peer.packets();
        assertThat(read(PC + 100, 1500)).hasSize(1500).containsOnly(0x90);
        assertThat(peer.packets().stream()
                        .filter(packet -> packet.startsWith("m"))
                        .toList())
                .hasSize(4); // 1536 bytes, 510 at most in one
        read(PC + 64, 1536);
        assertThat(peer.packets()).isEmpty();
    }

    @Test
    void whatCannotBeReadIsSaidWithItsAddress() {
        byte[] front = session.call(() -> session.requireStop().memory().readPrefix(PC + 0xff0, 64));
        assertThat(front).hasSize(16);
    }

    @Test
    void isReadAnewAfterARun() {
        read(PC, 4);
        runAndStop();
        peer.packets();
        read(PC, 4);
        assertThat(peer.packets()).contains("mffffffff81000000,40");
    }
}
