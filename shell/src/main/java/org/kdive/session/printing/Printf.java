package org.kdive.session.printing;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.function.LongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Memory;
import org.kdive.images.types.ArrayType;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.expression.Scalars;
import org.kdive.session.expression.Value;

/** A format and the expressions for it, C's printf over values of the guest: read once, filled in as often as wanted. */
public final class Printf {
    private static final Pattern DIRECTIVE =
            Pattern.compile("%([-+ #0]*)(\\d*)(?:\\.(\\d+))?(hh|h|ll|l|z|j|t|L)?([diuoxXcspafgeE%])");
    private static final int WIDEST = 4096;

    private final String format;
    private final List<String> expressions;

    private Printf(String format, List<String> expressions) {
        this.format = format;
        this.expressions = expressions;
    }

    /**
     * Throws Usage for what is no format, and where directives and expressions are not as many.
     *
     * @param tail the format in double quotes, and expressions with commas before them
     */
    public static Printf parse(String tail) {
        List<String> parts = split(tail);
        String quoted = parts.get(0).strip();
        if (quoted.length() < 2 || !quoted.startsWith("\"") || !quoted.endsWith("\"")) {
            throw bad("printf: the format stands in double quotes");
        }
        String text = new String(Escapes.decode(quoted.substring(1, quoted.length() - 1)), StandardCharsets.UTF_8);
        Printf parsed =
                new Printf(text, parts.stream().skip(1).map(String::strip).toList());
        parsed.checkCount();
        return parsed;
    }

    private void checkCount() {
        int[] wanted = {0};
        var unused = fill(format, matcher -> {
            wanted[0] += matcher.group(5).equals("%") ? 0 : 1;
            return "";
        });
        if (wanted[0] > expressions.size()) {
            throw bad("printf: more directives than values");
        }
        if (wanted[0] < expressions.size()) {
            throw bad("printf: %d values for %d directives".formatted(expressions.size(), wanted[0]));
        }
    }

    public List<String> expressions() {
        return expressions;
    }

    /**
     * The text. Throws what evaluating throws, and Unreadable.
     *
     * @param memory what texts are read from
     * @param place an address with its symbol
     */
    public String fill(Function<String, Value> evaluator, Memory memory, LongFunction<String> place) {
        List<Value> values = expressions.stream().map(evaluator).toList();
        return new Filling(values, memory, place).of(format);
    }

    /** At the commas that are inside of nothing. */
    public static List<String> split(String text) {
        List<String> parts = new ArrayList<>();
        int depth = 0;
        int start = 0;
        char quote = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (quote != 0) {
                if (c == '\\') {
                    i++;
                } else if (c == quote) {
                    quote = 0;
                }
            } else if (c == '"' || c == '\'') {
                quote = c;
            } else if ("([{".indexOf(c) >= 0) {
                depth++;
            } else if (")]}".indexOf(c) >= 0) {
                depth--;
            } else if (c == ',' && depth == 0) {
                parts.add(text.substring(start, i));
                start = i + 1;
            }
        }
        parts.add(text.substring(start));
        return parts;
    }

    private static String fill(String format, Function<Matcher, String> directive) {
        StringBuilder out = new StringBuilder();
        Matcher matcher = DIRECTIVE.matcher(format);
        int at = 0;
        while (at < format.length()) {
            int percent = format.indexOf('%', at);
            if (percent < 0) {
                break;
            }
            out.append(format, at, percent);
            if (!matcher.find(percent) || matcher.start() != percent) {
                throw bad("printf: \"%s\" is no directive".formatted(format.substring(percent)));
            }
            out.append(directive.apply(matcher));
            at = matcher.end();
        }
        return out.append(format.substring(Math.min(at, format.length()))).toString();
    }

    /** One text. */
    private static final class Filling {
        private final List<Value> values;
        private final Memory memory;
        private final LongFunction<String> place;
        private int next;

        private Filling(List<Value> values, Memory memory, LongFunction<String> place) {
            this.values = values;
            this.memory = memory;
            this.place = place;
        }

        private String of(String format) {
            return fill(format, this::directive);
        }

        private String directive(Matcher matcher) {
            String flags = matcher.group(1);
            char kind = matcher.group(5).charAt(0);
            if (kind == '%') {
                return "%";
            }
            int width = number(matcher.group(2));
            int precision = matcher.group(3) == null ? -1 : number(matcher.group(3));
            Value value = values.get(next++);
            String body = body(kind, flags, precision, value, matcher.group(4));
            boolean zeros = flags.contains("0") && !flags.contains("-") && "cspa".indexOf(kind) < 0;
            String pad = (zeros ? "0" : " ").repeat(Math.max(0, width - body.length()));
            if (flags.contains("-")) {
                return body + pad;
            }
            int sign = zeros && (body.startsWith("-") || body.startsWith("+")) ? 1 : 0;
            return body.substring(0, sign) + (sign == 0 && !zeros ? pad + body : pad + body.substring(sign));
        }

        private String body(char kind, String flags, int precision, Value value, @Nullable String length) {
            boolean hash = flags.contains("#");
            String plus = flags.contains("+") ? "+" : flags.contains(" ") ? " " : "";
            return switch (kind) {
                case 'd', 'i' -> {
                    long bits = cut(value.bits(), length, true);
                    yield (bits >= 0 ? plus : "") + digits(Long.toString(bits), precision);
                }
                case 'u' -> digits(Long.toUnsignedString(cut(value.bits(), length, false)), precision);
                case 'o' -> (hash ? "0" : "") + digits(Long.toOctalString(cut(value.bits(), length, false)), precision);
                case 'x' -> (hash ? "0x" : "") + digits(Long.toHexString(cut(value.bits(), length, false)), precision);
                case 'X' ->
                    (hash ? "0X" : "")
                            + digits(
                                    Long.toHexString(cut(value.bits(), length, false))
                                            .toUpperCase(Locale.ROOT),
                                    precision);
                case 'c' -> String.valueOf((char) (value.bits() & 0xff));
                case 'p' -> value.bits() == 0 ? "(nil)" : "0x" + Long.toHexString(value.bits());
                case 'a' -> place.apply(value.bits());
                case 's' -> {
                    boolean isNull = !(value.type().strip() instanceof ArrayType) && value.bits() == 0;
                    String text = isNull ? "(null)" : GuestStrings.read(memory, value);
                    yield precision >= 0 && precision < text.length() ? text.substring(0, precision) : text;
                }
                default -> (value.real() >= 0 ? plus : "") + real(kind, precision < 0 ? 6 : precision, value.real());
            };
        }
    }

    private static int number(String digits) {
        if (digits.length() > 5 || !digits.isEmpty() && Integer.parseInt(digits) > WIDEST) {
            throw bad("printf: at most %d characters wide".formatted(WIDEST));
        }
        return digits.isEmpty() ? 0 : Integer.parseInt(digits);
    }

    // without a length it is an int
    private static long cut(long bits, @Nullable String length, boolean signed) {
        int width = length == null ? 32 : length.equals("h") ? 16 : length.equals("hh") ? 8 : 64;
        int unused = 64 - width;
        return signed ? bits << unused >> unused : bits << unused >>> unused;
    }

    private static String digits(String digits, int precision) {
        int sign = digits.startsWith("-") ? 1 : 0;
        return digits.substring(0, sign)
                + "0".repeat(Math.max(0, precision - digits.length() + sign))
                + digits.substring(sign);
    }

    private static String real(char kind, int precision, double value) {
        if (Double.isNaN(value) || Double.isInfinite(value) || kind == 'g') {
            return Scalars.realText(value, 4);
        }
        return kind == 'f'
                ? new BigDecimal(value)
                        .setScale(precision, RoundingMode.HALF_EVEN)
                        .toPlainString()
                : ("%." + precision + kind).formatted(value);
    }

    private static SessionException bad(String why) {
        return new SessionException(why, new SessionFailure.Usage("printf \"FORMAT\", EXPRESSION..."));
    }
}
