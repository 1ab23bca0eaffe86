package org.kdive.command;

import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** Small words that many verbs take. */
public final class Words {
    private static final Pattern TIME = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*(ms|s|m|min)?");

    private Words() {}

    /** {@code 1}, {@code 1 and 2}, {@code 1, 2 and 3}. */
    static String listed(List<?> all) {
        List<String> words = all.stream().map(String::valueOf).toList();
        int last = words.size() - 1;
        return last < 1
                ? String.join("", words)
                : String.join(", ", words.subList(0, last)) + " and " + words.get(last);
    }

    /** A count of at least 1; 1 when there is no word. */
    static int count(String word, String usage) {
        if (word.isBlank()) {
            return 1;
        }
        try {
            int count = Integer.decode(word.strip());
            if (count >= 1) {
                return count;
            }
        } catch (NumberFormatException e) {
            // said below, as for a count out of range
        }
        throw new SessionException("\"%s\" is no count".formatted(word), new SessionFailure.Usage(usage));
    }

    /** {@code 30s}, {@code 500ms}, {@code 2m}; a bare number is seconds. */
    public static Duration time(String word) {
        Matcher matcher = TIME.matcher(word.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new SessionException(
                    "\"%s\" is no time: 30s, 500ms, 2m".formatted(word), new SessionFailure.Usage("30s | 500ms | 2m"));
        }
        double amount = Double.parseDouble(matcher.group(1));
        String unit = matcher.group(2) == null ? "s" : matcher.group(2);
        double millis = switch (unit) {
            case "ms" -> amount;
            case "s" -> amount * 1000;
            default -> amount * 60_000;
        };
        return Duration.ofMillis((long) millis);
    }

    /** The same, read aloud. */
    /** {@code 30 s}, {@code 500 ms}. */
    public static String time(Duration duration) {
        long millis = duration.toMillis();
        return millis % 1000 == 0 ? millis / 1000 + " s" : millis + " ms";
    }
}
