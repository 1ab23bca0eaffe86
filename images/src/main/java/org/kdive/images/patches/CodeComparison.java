package org.kdive.images.patches;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * What became of a piece of code.
 *
 * @param patched how many of its places the kernel has patched, by kind; kinds without any are left out
 * @param patchedBytes bytes that differ and lie in such places
 * @param unexplained runs of bytes that differ and lie in none
 */
public record CodeComparison(Map<PatchKind, Integer> patched, int patchedBytes, List<Run> unexplained) {
    private static final int JOINED_BYTES = 4; // runs that are no farther apart than this are one

    /** Bytes that differ, one after the other; {@code offset} counts from the start of the code. */
    public record Run(int offset, int lengthBytes) {}

    public CodeComparison {
        patched = Map.copyOf(patched);
        unexplained = List.copyOf(unexplained);
    }

    /** Nothing differs. */
    public boolean isSame() {
        return patched.isEmpty() && unexplained.isEmpty();
    }

    /**
     * @param start link-time address of the first byte
     * @param expected as in the image, relocated
     * @param live as in memory; of the same length
     */
    public static CodeComparison of(long start, byte[] expected, byte[] live, List<PatchSite> sites) {
        boolean[] explained = new boolean[expected.length];
        Map<PatchKind, Integer> patched = new EnumMap<>(PatchKind.class);
        for (PatchSite site : sites) {
            long offset = site.address() - start;
            if (offset < 0 || offset >= expected.length) {
                continue;
            }
            int from = (int) offset;
            int to = (int) Math.min(expected.length, offset + site.lengthBytes());
            if (!Arrays.equals(expected, from, to, live, from, to)) {
                Arrays.fill(explained, from, to, true);
                patched.merge(site.kind(), 1, Integer::sum);
            }
        }
        return collect(expected, live, explained, patched);
    }

    private static CodeComparison collect(
            byte[] expected, byte[] live, boolean[] explained, Map<PatchKind, Integer> patched) {
        List<Run> unexplained = new ArrayList<>();
        int patchedBytes = 0;
        int at = Arrays.mismatch(expected, live);
        for (; at >= 0 && at < expected.length; at++) {
            if (expected[at] == live[at]) {
                continue;
            }
            if (explained[at]) {
                patchedBytes++;
            } else {
                extend(unexplained, at);
            }
        }
        return new CodeComparison(patched, patchedBytes, unexplained);
    }

    private static void extend(List<Run> runs, int at) {
        Run last = runs.isEmpty() ? new Run(Integer.MIN_VALUE / 2, 0) : runs.get(runs.size() - 1);
        if (at - (last.offset() + last.lengthBytes()) <= JOINED_BYTES) {
            runs.set(runs.size() - 1, new Run(last.offset(), at + 1 - last.offset()));
        } else {
            runs.add(new Run(at, 1));
        }
    }
}
