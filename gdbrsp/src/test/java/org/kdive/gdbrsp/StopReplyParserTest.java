package org.kdive.gdbrsp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.gdbrsp.wire.RspPacket;

final class StopReplyParserTest {
    private static StopReply parse(String text) {
        return StopReplyParser.parse(RspPacket.of(text));
    }

    private static StopReply.Signal signal(String text) {
        assertThat(parse(text)).isInstanceOf(StopReply.Signal.class);
        return (StopReply.Signal) parse(text);
    }

    @Test
    void readsWhatQemuSays() {
        StopReply.Signal signal = signal("T05thread:p01.02;");
        assertThat(signal.number()).isEqualTo(5);
        assertThat(signal.thread()).contains(new ThreadId(1, 2));
        assertThat(signal.reason()).isEqualTo(new StopReply.Reason.None());
    }

    @ParameterizedTest
    @CsvSource({"watch,WRITE", "rwatch,READ", "awatch,ACCESS"})
    void tellsTheKindsOfWatchpointApart(String word, Stoppoint.Kind kind) {
        assertThat(signal("T05thread:01;" + word + ":ffffffff82a079c0;").reason())
                .isEqualTo(new StopReply.Reason.Watchpoint(kind, 0xffffffff82a079c0L));
    }

    @Test
    void readsRegistersThatComeAlongAndKeepsTheRest() {
        StopReply.Signal signal = signal("T0506:0000000000000000;10:99d0;thread:p1.7;core:3;");
        assertThat(signal.registers().get(0x10)).containsExactly(0x99, 0xd0);
        assertThat(signal.registers()).hasSize(2);
        assertThat(signal.others()).containsEntry("core", "3");
    }

    @Test
    void readsTheOtherReasons() {
        assertThat(signal("T05swbreak:;").reason()).isEqualTo(new StopReply.Reason.SoftwareBreakpoint());
        assertThat(signal("T05hwbreak:;").reason()).isEqualTo(new StopReply.Reason.HardwareBreakpoint());
        assertThat(signal("T05replaylog:end;").reason()).isEqualTo(new StopReply.Reason.ReplayLogEnd(false));
        assertThat(signal("T05fork:p2.2;").reason()).isEqualTo(new StopReply.Reason.ProcessEvent("fork", "p2.2"));
        assertThat(signal("T05library:;").reason()).isEqualTo(new StopReply.Reason.Libraries());
    }

    @Test
    void readsTheEndOfAProcess() {
        assertThat(parse("W00")).isEqualTo(new StopReply.Exited(0));
        assertThat(parse("W2a;process:1")).isEqualTo(new StopReply.Exited(42));
        assertThat(parse("X0f")).isEqualTo(new StopReply.Killed(15));
        assertThat(signal("S05").thread()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "T", "T0", "Tzz", "OK", "T05thread:0;", "T05thread:-1;", "T05thread:zz;", "T05watch:;", "E01"
            })
    void refusesWhatIsNone(String text) {
        assertThatThrownBy(() -> parse(text)).isInstanceOf(RspException.class);
    }
}
