package org.kdive.gdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URISyntaxException;
import java.net.UnixDomainSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kdive.machine.Machine;

/** gdb's scripts run unchanged: each sourced by both, from start_kernel on, each on a guest of its own. */
@Timeout(300)
final class GdbScriptsIT {
    // where a stop is, and the lines of source that stock kernels do not bring along
    private static final Pattern STOP = Pattern.compile(
            "(Temporary b|B)reakpoint \\d+, .*|=> .*|\\d+\\t.*|Thread \\d+ .*|\\[Switching .*|0x\\w+ in .*");

    @Test
    void runUnchanged() throws IOException {
        DebugVmlinux vmlinux = DebugVmlinux.require();
        try (Guest guest = Guest.stoppedAt("start_kernel");
                Machine other = Machine.boot(Guest.plan(1).spec(), Duration.ofSeconds(60));
                Gdb gdb = Gdb.start(vmlinux)) {
            gdb.answer("target remote " + ((UnixDomainSocketAddress) other.gdb()).getPath());
            gdb.answer("hbreak *start_kernel");
            gdb.answer("continue");
            gdb.answer("delete");
            for (String script : List.of("tasks.gdb", "stops.gdb")) {
                Answer ours = guest.answer("source " + file(script));
                Answer theirs = gdb.answer("source " + file(script));
                assertThat(ours.refused()).as(ours.text()).isFalse();
                assertThat(plain(ours)).as(script).isEqualTo(plain(theirs));
            }
            Answer python = guest.answer("python print(1)");
            assertThat(python.refused()).isTrue();
            assertThat(python.text()).doesNotContain("\n");
        }
    }

    private static Path file(String script) {
        try {
            return Path.of(Objects.requireNonNull(GdbScriptsIT.class.getResource(script))
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(e);
        }
    }

    /** Without what a stop shows, the places of breakpoints in the source, and the sections of symbols. */
    private static List<String> plain(Answer answer) {
        return answer.text()
                .lines()
                .filter(line -> !line.isBlank() && !STOP.matcher(line).matches() && !line.equals("Continuing."))
                .map(line -> line.replaceFirst("reakpoint \\d+ at (0x\\w+).*", "reakpoint at $1"))
                .map(line -> line.replaceFirst(" in section \\S+$", "").replaceFirst("^\\$\\d+ = ", "\\$ = "))
                .toList();
    }
}
