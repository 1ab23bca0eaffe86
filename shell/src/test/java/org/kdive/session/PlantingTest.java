package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspOptions;
import org.kdive.gdbrsp.Stoppoint;

/** Where software breakpoints are written into memory, as under KVM. */
final class PlantingTest {
    private final Breakpoints breakpoints = new Breakpoints();
    private final List<String> notices = new ArrayList<>();
    private PagingStub peer;
    private RspClient stub;
    private Planting planting;

    @BeforeEach
    void connect(@TempDir Path directory) throws IOException {
        peer = new PagingStub(directory, 2);
        stub = RspClient.connect(peer.endpoint(), RspOptions.defaults());
        Notices listeners = new Notices();
        var unused = listeners.add(new SessionListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
            }
        });
        planting = new Planting(stub, breakpoints, listeners);
    }

    @AfterEach
    void disconnect() throws IOException {
        stub.close();
        peer.close();
    }

    private void set(Stoppoint.Kind kind, long address) {
        breakpoints.add(BreakpointSpec.at(kind, "*" + address), List.of(address));
    }

    @Test
    void hardwareStandsInWhereThePageIsNotMapped() {
        peer.unmap(0x2000);
        set(Stoppoint.Kind.SOFTWARE, 0x1000);
        set(Stoppoint.Kind.SOFTWARE, 0x2000);
        planting.plant(List.of());
        assertThat(peer.heard()).containsExactly("Z0,1000,1", "Z0,2000,1", "Z1,2000,1");
        assertThat(notices)
                .containsExactly("breakpoint 2: its page is not mapped yet (stub replied E16); a hardware breakpoint"
                        + " stands in");
        assertThat(planting.isAt(0x2000)).isTrue();
        assertThat(planting.standsIn(0x2000)).isTrue();
        assertThat(planting.standsIn(0x1000)).isFalse();
        assertThat(planting.slotsTaken()).isEqualTo(1);
    }

    @Test
    void itIsPromotedWhenItsPageIsMapped() {
        peer.unmap(0x2000);
        set(Stoppoint.Kind.SOFTWARE, 0x2000);
        planting.plant(List.of());
        planting.plant(List.of());
        assertThat(peer.heard()).containsExactly("Z0,2000,1", "Z1,2000,1", "Z0,2000,1");
        assertThat(notices).hasSize(1);
        peer.map(0x2000);
        planting.plant(List.of());
        assertThat(peer.heard()).containsExactly("Z0,2000,1", "z1,2000,1");
        assertThat(notices).last().isEqualTo("breakpoint 1: its page is mapped now; it is a software breakpoint again");
        assertThat(planting.slotsTaken()).isZero();
        planting.plant(List.of());
        assertThat(peer.heard()).isEmpty();
    }

    @Test
    void itIsSteppedOverAndComesBackAndGoesWithItsBreakpoint() {
        peer.unmap(0x2000);
        set(Stoppoint.Kind.SOFTWARE, 0x2000);
        planting.plant(List.of());
        planting.removeAt(0x2000);
        assertThat(planting.isAt(0x2000)).isFalse();
        planting.plant(List.of());
        assertThat(planting.isAt(0x2000)).isTrue();
        assertThat(notices).hasSize(1);
        breakpoints.deleteAll();
        planting.plant(List.of());
        assertThat(peer.heard())
                .containsExactly("Z0,2000,1", "Z1,2000,1", "z1,2000,1", "Z0,2000,1", "Z1,2000,1", "z1,2000,1");
        assertThat(planting.isEmpty()).isTrue();
        assertThat(planting.standsIn(0x2000)).isFalse();
    }

    @Test
    void whatTheUserAskedHardwareForComesFirstAndStays() {
        peer.unmap(0x2000);
        set(Stoppoint.Kind.SOFTWARE, 0x2000);
        set(Stoppoint.Kind.HARDWARE, 0x2000);
        set(Stoppoint.Kind.HARDWARE, 0x3000);
        planting.plant(List.of());
        peer.map(0x2000);
        planting.plant(List.of());
        assertThat(peer.heard()).containsExactly("Z0,2000,1", "Z1,2000,1", "Z1,3000,1", "Z0,2000,1");
        assertThat(planting.slotsTaken()).isEqualTo(2);
    }

    @Test
    void withoutASlotItIsSaidHowToGetOneAndTheOthersStand() {
        peer.unmap(0x4000);
        set(Stoppoint.Kind.HARDWARE, 0x1000);
        set(Stoppoint.Kind.HARDWARE, 0x2000);
        set(Stoppoint.Kind.SOFTWARE, 0x3000);
        set(Stoppoint.Kind.SOFTWARE, 0x4000);
        assertThatThrownBy(() -> planting.plant(List.of()))
                .isInstanceOf(SessionException.class)
                .hasMessageContaining("hardware breakpoint at 0x4000")
                .hasMessageEndingWith(
                        "; its page is not mapped yet and no hardware breakpoint is left: disable one of them");
        assertThat(planting.isAt(0x3000)).isTrue();
        breakpoints.enable(1, false);
        planting.plant(List.of());
        assertThat(planting.standsIn(0x4000)).isTrue();
    }
}
