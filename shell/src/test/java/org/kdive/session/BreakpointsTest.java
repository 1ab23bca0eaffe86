package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.kdive.gdbrsp.Stoppoint;

final class BreakpointsTest {
    private final Breakpoints table = new Breakpoints();

    private Breakpoint add(String location, Long... addresses) {
        return table.add(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, location), List.of(addresses));
    }

    @Test
    void severalAtOneAddressAreOneStoppoint() {
        add("a", 1L, 2L);
        add("b", 2L);

        assertThat(table.stoppoints()).containsExactly(Stoppoint.software(1), Stoppoint.software(2));
        assertThat(table.at(2)).extracting(Breakpoint::number).containsExactly(1, 2);
        assertThat(table.placedAt(1)).extracting(Breakpoint::number).containsExactly(1);
    }

    @Test
    void oneOfSeveralPlacesCanBeDisabledAndStaysSoWhenModulesCome() {
        Breakpoint there = add("a", 1L, 2L);

        table.enableSite(there.number(), 2, false);
        table.resolveAgain(breakpoint -> List.of(0L, 1L, 2L));

        assertThat(table.stoppoints()).containsExactly(Stoppoint.software(0), Stoppoint.software(1));
        assertThatThrownBy(() -> table.enableSite(there.number(), 4, false))
                .hasMessage("Bad breakpoint location number '4'");
    }

    @Test
    void aHitMovesNothingAndAChangeDoes() {
        Breakpoint there = add("a", 1L);
        long before = table.version();

        table.hit(there);
        table.ignore(1, 4);
        table.commands(1, List.of("silent"));
        assertThat(table.version()).isEqualTo(before);

        table.enable(1, false);
        assertThat(table.version()).isGreaterThan(before);
        assertThat(table.stoppoints()).isEmpty();
        assertThat(table.require(1).hits()).isEqualTo(1);
    }

    @Test
    void whatWasEnabledForSomeStopsIsDisabledAfterThem() {
        add("a", 1L);
        table.enable(1, Fate.disableAfter(2));

        table.stopped(table.require(1));
        assertThat(table.require(1).enabled()).isTrue();
        table.stopped(table.require(1));
        assertThat(table.require(1).enabled()).isFalse();
        assertThat(table.require(1).spec().fate().word()).isEqualTo("dis");
    }

    @Test
    void aTemporaryOneIsGoneAfterItsStop() {
        add("a", 1L);
        table.enable(1, Fate.DELETE);

        table.stopped(table.require(1));

        assertThat(table.all()).isEmpty();
        assertThat(table.lastNumber()).isEqualTo(1);
        assertThatThrownBy(() -> table.require(1)).hasMessage("No breakpoint number 1.");
    }

    @Test
    void aStopIsSilentWhenAllThatWereHitSaySo() {
        add("a", 1L);
        add("b", 1L);
        table.commands(1, List.of("silent", "print 1"));
        table.commands(2, List.of("print 2"));

        assertThat(Aftermath.of(List.of(table.require(1)))).isEqualTo(new Aftermath(true, List.of("print 1")));
        assertThat(Aftermath.of(table.at(1))).isEqualTo(new Aftermath(false, List.of("print 1", "print 2")));
    }
}
