package org.kdive.command;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.session.Session;
import org.kdive.session.Value;

/** The two sides of an expectation that failed: what was there is the first thing anybody asks. */
record Comparison(String left, String right) {
    private static final Pattern ONE_OPERATOR = Pattern.compile("([^=!<>&|]+)(?:==|!=|<=|>=|<|>)([^=!<>&|]+)");

    /** Empty when there is more to it than one comparison. */
    static Optional<Comparison> of(String expression) {
        Matcher matcher = ONE_OPERATOR.matcher(expression);
        return matcher.matches()
                ? Optional.of(new Comparison(
                        matcher.group(1).strip(), matcher.group(2).strip()))
                : Optional.empty();
    }

    String sides(Session session) {
        return side(session, left) + ", " + side(session, right);
    }

    private static String side(Session session, String expression) {
        Value value = session.evaluate(expression);
        String hex = "0x%x".formatted(value.bits());
        return expression.equals(value.decimal()) || expression.equals(hex)
                ? expression
                : "%s is %s (%s)".formatted(expression, hex, value.decimal());
    }
}
