package org.kdive.images.patches;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.kdive.images.patches.CodeComparison.Run;

final class CodeComparisonTest {
    private static final long START = 0xffffffff81000000L;

    private static byte[] with(int... changed) {
        byte[] code = new byte[100];
        for (int at : changed) {
            code[at] = 1;
        }
        return code;
    }

    @Test
    void findsTheSameInTheSame() {
        assertThat(CodeComparison.of(START, with(), with(), List.of()).isSame()).isTrue();
    }

    @Test
    void countsPatchedPlacesByKindAndWhatLiesInNone() {
        List<PatchSite> sites = List.of(
                new PatchSite(PatchKind.FTRACE, START, 5),
                new PatchSite(PatchKind.FTRACE, START + 20, 5),
                new PatchSite(PatchKind.RETURN, START + 30, 5),
                new PatchSite(PatchKind.LOCK, START + 99, 5), // over the end
                new PatchSite(PatchKind.LOCK, START - 3, 1),
                new PatchSite(PatchKind.LOCK, START + 5000, 1));

        CodeComparison found = CodeComparison.of(START, with(), with(1, 2, 34, 35, 39, 60, 99), sites);

        assertThat(found.patched()).isEqualTo(Map.of(PatchKind.FTRACE, 1, PatchKind.RETURN, 1, PatchKind.LOCK, 1));
        assertThat(found.patchedBytes()).isEqualTo(4);
        assertThat(found.unexplained()).containsExactly(new Run(35, 5), new Run(60, 1));
        assertThat(found.isSame()).isFalse();
    }
}
