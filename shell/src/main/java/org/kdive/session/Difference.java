package org.kdive.session;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What became different between a checkpoint and a stop.
 *
 * @param registers of the current CPU then and of the current CPU now
 * @param pages of RAM that hold something else; empty where the machine's RAM cannot be read directly
 * @param pageBytes what a page is
 * @param owners how many of them belong to what
 * @param symbols those of the kernel's image by the symbol that they begin in, the most first
 */
public record Difference(
        List<Change> registers,
        OptionalInt pages,
        int pageBytes,
        Map<String, Integer> owners,
        Map<String, Integer> symbols,
        Coming tasks,
        Coming modules) {

    /** One register. */
    public record Change(String name, String before, String now) {}

    /** What is there that was not, and what was and is not. */
    public record Coming(List<String> came, List<String> went) {
        public Coming {
            came = List.copyOf(came);
            went = List.copyOf(went);
        }

        static Coming of(@Nullable Map<String, String> before, @Nullable Map<String, String> now) {
            return before == null || now == null
                    ? new Coming(List.of(), List.of())
                    : new Coming(without(now, before), without(before, now));
        }

        private static List<String> without(Map<String, String> of, Map<String, String> others) {
            return of.entrySet().stream()
                    .filter(one -> !others.containsKey(one.getKey()))
                    .map(Map.Entry::getValue)
                    .toList();
        }
    }

    static List<Change> registers(Map<String, String> before, Map<String, String> now) {
        List<Change> changes = new ArrayList<>();
        new LinkedHashMap<>(before).forEach((name, value) -> {
            String other = now.get(name);
            if (other != null && !other.equals(value)) {
                changes.add(new Change(name, value, other));
            }
        });
        return changes;
    }
}
