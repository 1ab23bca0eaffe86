package org.kdive.command;

import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.patches.CodeComparison;
import org.kdive.images.patches.CodeComparison.Run;
import org.kdive.images.patches.PatchKind;
import org.kdive.session.CodeCheck;
import org.kdive.session.CodeCheck.Piece;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Standing;
import org.kdive.session.Stop;

/** {@code compare-sections}: is the code in memory the image's? */
final class CompareVerb {
    private static final String USAGE = "compare-sections [SECTION|-r]";
    private static final int MOST_RUNS = 40;
    private static final int MOST_SHOWN_BYTES = 12;

    private CompareVerb() {}

    static Command command() {
        return Command.named("compare-sections")
                .topic(Topic.DATA)
                .usage(USAGE)
                .summary("hold the kernel's code in memory against its image")
                .help("""
                        A kernel patches its own code: alternatives for the processor it finds, paravirt and static calls, jump
                        labels, ftrace entries, lock prefixes. Its own tables say where; such places are counted by kind. What
                        differs anywhere else is shown by function: in memory that is not the image's code. Without a name all code;
                        -r adds constant data, which the kernel changes while it boots. x86-64 and arm64.
                          compare-sections
                          compare-sections .text""")
                .runs((session, arguments, output) -> {
                    Stop stop = session.requireStop();
                    CodeCheck check = CodeCheck.of(stop, session::checkInterrupt);
                    chosen(check.pieces(), arguments.tail().strip())
                            .forEach(piece -> compare(session, stop, check, piece, output));
                });
    }

    private static List<Piece> chosen(List<Piece> all, String word) {
        List<Piece> some = all.stream()
                .filter(piece -> word.isEmpty() ? piece.isCode() : word.equals("-r") || word.equals(piece.name()))
                .toList();
        if (some.isEmpty()) {
            throw new SessionException(
                    "no section \"%s\"; there are %s"
                            .formatted(
                                    word,
                                    String.join(
                                            " ", all.stream().map(Piece::name).toList())),
                    new SessionFailure.Usage(USAGE));
        }
        return some;
    }

    private static void compare(Session session, Stop stop, CodeCheck check, Piece piece, Output output) {
        String range = "Section %s, range 0x%x -- 0x%x: ".formatted(piece.name(), piece.start(), piece.end());
        if (isFreed(session) && piece.name().matches("\\.(init|exit|altinstr).*")) {
            output.line("%sfreed by the kernel when it had started.", range);
            return;
        }
        CodeComparison found;
        try {
            found = check.compare(piece, session::checkInterrupt);
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault fault) {
                output.line("%snot in memory from 0x%x on.", range, fault.address());
                return;
            }
            throw e;
        }
        String verdict = found.isSame()
                ? "matched."
                : found.unexplained().isEmpty() ? "matched but for its patches." : "MIS-MATCHED!";
        output.line("%s%s", range, verdict);
        Map<PatchKind, Integer> patched = found.patched();
        for (PatchKind kind : PatchKind.values()) {
            if (patched.containsKey(kind)) {
                output.line("  %7d %s", patched.get(kind), kind.label());
            }
        }
        if (!found.unexplained().isEmpty()) {
            unexplained(stop, check, piece, found.unexplained(), output);
        }
    }

    private static boolean isFreed(Session session) {
        try {
            return session.standing().map(Standing::isInitMemoryFreed).orElse(false)
                    || session.evaluate("system_state >= SYSTEM_RUNNING").isTrue();
        } catch (SessionException | ImageException e) {
            return false; // a kernel that does not name its state: what is there is compared
        }
    }

    private static void unexplained(Stop stop, CodeCheck check, Piece piece, List<Run> runs, Output output) {
        int bytes = runs.stream().mapToInt(Run::lengthBytes).sum();
        output.line(
                "  %7d byte%s not explained, in %d place%s:",
                bytes, bytes == 1 ? "" : "s", runs.size(), runs.size() == 1 ? "" : "s");
        byte[] expected = check.expected(piece.start(), (int) (piece.end() - piece.start()));
        for (Run run : runs.subList(0, Math.min(MOST_RUNS, runs.size()))) {
            long address = piece.start() + run.offset();
            int length = Math.min(MOST_SHOWN_BYTES, run.lengthBytes());
            String more = length < run.lengthBytes() ? " ..." : "";
            output.line(
                    "          %s: %s -> %s%s",
                    stop.describe(address),
                    HexFormat.ofDelimiter(" ").formatHex(expected, run.offset(), run.offset() + length),
                    HexFormat.ofDelimiter(" ").formatHex(stop.memory().read(address, length)),
                    more);
        }
        if (runs.size() > MOST_RUNS) {
            output.line("          and %d more", runs.size() - MOST_RUNS);
        }
    }
}
