package org.kdive.machine;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.MatchResult;

/**
 * What an expectation found.
 *
 * @param before what came before it and after the match before
 * @param groups as the pattern captured them; a group that took no part is empty
 * @param endPosition of the first byte after it, counted from the console's first
 */
public record ConsoleMatch(String before, String text, List<String> groups, long endPosition) {
    public ConsoleMatch {
        groups = List.copyOf(groups);
    }

    static ConsoleMatch of(CharSequence searched, MatchResult match, long endPosition) {
        List<String> groups = new ArrayList<>();
        for (int i = 1; i <= match.groupCount(); i++) {
            groups.add(match.start(i) < 0 ? "" : match.group(i));
        }
        return new ConsoleMatch(searched.subSequence(0, match.start()).toString(), match.group(), groups, endPosition);
    }
}
