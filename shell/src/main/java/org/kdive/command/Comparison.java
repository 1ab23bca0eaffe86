package org.kdive.command;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kdive.session.Session;
import org.kdive.session.expression.Value;

/** The two sides of an expectation that failed: what was there is the first thing anybody asks. */
record Comparison(String left, String right) {
    private static final Pattern ONE_OPERATOR = Pattern.compile("([^=!<>&|]+)(?:==|!=|<=|>=|<|>)([^=!<>&|]+)");

    private static final Pattern CONSTANT = Pattern.compile("-?(0[xX])?[0-9a-fA-F]+[uUlL]*");

    /** Empty when there is more to it than one comparison. */
    static Optional<Comparison> of(String expression) {
        Matcher matcher = ONE_OPERATOR.matcher(expression);
        return matcher.matches()
                ? Optional.of(new Comparison(
                        matcher.group(1).strip(), matcher.group(2).strip()))
                : Optional.empty();
    }

    /** {@code ": $rip is 0x10 (16)"} for each side that does not speak for itself. */
    String sides(Session session) {
        List<String> told = Stream.of(left, right)
                .filter(side -> !CONSTANT.matcher(side).matches())
                .map(side -> side(session.evaluate(side), side))
                .toList();
        return told.isEmpty() ? "" : ": " + String.join(", ", told);
    }

    private static String side(Value value, String expression) {
        return "%s is 0x%x (%s)".formatted(expression, value.bits(), value.decimal());
    }
}
