package org.kdive.gdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * The commands of expressions.txt at one stop of a stock kernel, asked of kdive and of gdb with the debug vmlinux: every
 * answer the same but for what {@link #asFarAsKdiveSpells} allows, unless the file says why it is another one.
 */
@Timeout(300)
final class ExpressionsAgainstGdbIT {
    private static final String BECAUSE = "  ## ";

    private final Tally allowances = new Tally();
    private final List<String> wrong = new ArrayList<>();

    @Test
    void answersAsGdbDoes() throws IOException {
        DebugVmlinux vmlinux = DebugVmlinux.require();
        List<String> lines = lines();
        try (Guest guest = Guest.stoppedAt("populate_rootfs");
                StopServer server = StopServer.open(guest.session());
                Gdb gdb = Gdb.start(vmlinux)) {
            gdb.answer("set print pretty on");
            gdb.answer("target remote " + server.socket());
            for (String line : lines) {
                String[] parts = line.split(BECAUSE, 2);
                Answer ours = guest.answer(parts[0]);
                Answer theirs = gdb.answer(parts[0]);
                compare(parts[0], ours, theirs, parts.length > 1 ? parts[1] : "");
            }
        }
        System.out.printf("%d commands answered; differences: %s%n", lines.size(), allowances);
        assertThat(wrong).isEmpty();
    }

    private void compare(String command, Answer oursGiven, Answer theirsGiven, String reason) {
        Answer ours = oursGiven.with(withoutNumber(oursGiven.text()));
        Answer theirs = theirsGiven.with(asFarAsKdiveSpells(withoutNumber(theirsGiven.text())));
        boolean same = ours.refused() && theirs.refused() || ours.equals(theirs);
        if (same != reason.isEmpty()) {
            wrong.add("%s\n  kdive: %s\n  gdb:   %s".formatted(command, ours, theirs));
        } else if (!same) {
            allowances.count(reason);
        } else if (ours.refused() && !ours.firstWords().equals(theirs.firstWords())) {
            allowances.count("refused in other words");
        }
    }

    /** The history's numbers part where one of the two remembers a value that the other refuses. */
    private static String withoutNumber(String answer) {
        return answer.replaceAll("(?m)^\\$\\d+ = ", "\\$ = ");
    }

    /** The one place that says what is taken out of gdb's answers everywhere. */
    private String asFarAsKdiveSpells(String answer) {
        String quiet = answer.replaceAll("(?m)^warning: .*\n", "");
        if (!quiet.equals(answer)) {
            allowances.count("gdb warns of a shift");
        }
        // the symbols of per-CPU variables are offsets, which gdb takes for places near 0
        String plain = quiet.replaceAll("\\b(0x[0-9a-f]{1,5}) <[a-z_0-9+]+>", "$1");
        if (!plain.equals(quiet)) {
            allowances.count("gdb names small numbers after per-CPU variables");
        }
        return plain;
    }

    private static List<String> lines() {
        try (InputStream in = ExpressionsAgainstGdbIT.class.getResourceAsStream("expressions.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
