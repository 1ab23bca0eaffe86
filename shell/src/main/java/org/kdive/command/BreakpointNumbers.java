package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** Lists of breakpoints as gdb takes them: {@code 2 4-6 $bpnum 1.2 3.1-4}. */
final class BreakpointNumbers {
    private static final Pattern NUMBERS = Pattern.compile("(\\d{1,9}|\\$\\w+)(?:-(\\d{1,9}|\\$\\w+))?");
    private static final Pattern PLACES = Pattern.compile("(\\d{1,9}|\\$\\w+)\\.(\\d{1,9})(?:-(\\d{1,9}))?");
    private static final int MOST = 10_000;

    private BreakpointNumbers() {}

    /** @param site of the breakpoint, from 1; empty: all of it */
    record Named(int number, OptionalInt site) {}

    /** Throws Usage for what is no number, and for one place of a breakpoint. */
    static List<Integer> whole(Session session, List<String> words) {
        List<Integer> numbers = new ArrayList<>();
        for (Named named : parse(session, words)) {
            if (named.site().isPresent()) {
                throw bad("%d.%d".formatted(named.number(), named.site().getAsInt()));
            }
            numbers.add(named.number());
        }
        return numbers;
    }

    static List<Named> parse(Session session, List<String> words) {
        List<Named> all = new ArrayList<>();
        for (String word : words) {
            Matcher numbers = NUMBERS.matcher(word);
            Matcher places = PLACES.matcher(word);
            if (numbers.matches()) {
                int first = one(session, numbers.group(1));
                int last = numbers.group(2) == null ? first : one(session, numbers.group(2));
                for (int n = ordered(first, last, word); n <= last; n++) {
                    add(all, new Named(n, OptionalInt.empty()));
                }
            } else if (places.matches()) {
                int first = Integer.parseInt(places.group(2));
                int last = places.group(3) == null ? first : Integer.parseInt(places.group(3));
                for (int n = ordered(first, last, word); n <= last; n++) {
                    add(all, new Named(one(session, places.group(1)), OptionalInt.of(n)));
                }
            } else {
                throw bad(word);
            }
        }
        return all;
    }

    private static void add(List<Named> all, Named named) {
        if (all.size() == MOST) {
            throw bad("more than %d".formatted(MOST));
        }
        all.add(named);
    }

    private static int ordered(int first, int last, String word) {
        if (last < first) {
            throw bad(word);
        }
        return first;
    }

    /** A number, or a convenience variable that holds one; $bpnum is the last breakpoint also while nothing is booted. */
    static int one(Session session, String word) {
        if (word.equals("$bpnum")) {
            return session.breakpoints().lastNumber();
        }
        if (word.startsWith("$")) {
            return (int) session.evaluate(word).bits();
        }
        try {
            return Integer.parseInt(word);
        } catch (NumberFormatException e) {
            throw bad(word);
        }
    }

    private static SessionException bad(String word) {
        return new SessionException(
                "Bad breakpoint number '%s'".formatted(word), new SessionFailure.Usage("info breakpoints"));
    }
}
