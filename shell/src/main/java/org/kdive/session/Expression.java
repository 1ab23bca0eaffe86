package org.kdive.session;

import java.util.List;
import java.util.Locale;

/**
 * C's integer expressions over registers, symbols, convenience variables and memory, evaluated while they are read.
 * Precedence and the meaning of the operators are C's; a symbol stands for its address, {@code *e} is 8 bytes there, and
 * {@code {u32} e} reads a width of choice.
 */
final class Expression {
    private static final int DEEPEST = 100;
    private static final List<List<String>> LEVELS = List.of(
            List.of("||"),
            List.of("&&"),
            List.of("|"),
            List.of("^"),
            List.of("&"),
            List.of("==", "!="),
            List.of("<=", ">=", "<", ">"),
            List.of("<<", ">>"),
            List.of("+", "-"),
            List.of("*", "/", "%"));

    private final String text;
    private final Scope scope;
    private int at;
    private int depth;
    private int skipping; // above 0 inside the side of && and || that C does not evaluate

    private Expression(String text, Scope scope) {
        this.text = text;
        this.scope = scope;
    }

    /** Throws Usage with a caret under the place where it stopped making sense. */
    static Value evaluate(String text, Scope scope) {
        Expression expression = new Expression(text, scope);
        Value value = expression.assignment();
        expression.skipSpace();
        if (expression.at < text.length()) {
            throw expression.error("unexpected \"" + text.substring(expression.at) + "\"");
        }
        return value;
    }

    private Value assignment() {
        skipSpace();
        int start = at;
        if (at < text.length() && text.charAt(at) == '$') {
            at++;
            String name = word();
            skipSpace();
            if (!name.isEmpty() && peek("=") && !peek("==")) {
                at++;
                Value value = assignment();
                scope.assign(name, value);
                return value;
            }
            at = start;
        }
        return binary(0);
    }

    private Value binary(int level) {
        if (level == LEVELS.size()) {
            return unary();
        }
        Value left = binary(level + 1);
        while (true) {
            String operator = operator(level);
            if (operator == null) {
                return left;
            }
            at += operator.length();
            boolean decided = operator.equals("||") && left.isTrue() || operator.equals("&&") && !left.isTrue();
            skipping += decided ? 1 : 0;
            Value right = binary(level + 1);
            skipping -= decided ? 1 : 0;
            left = decided ? Value.signed(left.isTrue() ? 1 : 0) : apply(operator, left, right);
        }
    }

    private @org.jspecify.annotations.Nullable String operator(int level) {
        skipSpace();
        for (String operator : LEVELS.get(level)) {
            if (peek(operator) && !longerOperatorStarts(operator)) {
                return operator;
            }
        }
        return null;
    }

    private boolean longerOperatorStarts(String operator) {
        if (operator.length() == 2 || at + 1 >= text.length()) {
            return false;
        }
        char c = operator.charAt(0);
        char next = text.charAt(at + 1);
        return (c == '&' || c == '|' || c == '<' || c == '>') && next == c;
    }

    private Value apply(String operator, Value left, Value right) {
        long a = left.bits();
        long b = right.bits();
        boolean signed = left.signed() && right.signed();
        return switch (operator) {
            case "||" -> truth(left.isTrue() || right.isTrue());
            case "&&" -> truth(left.isTrue() && right.isTrue());
            case "==" -> truth(a == b);
            case "!=" -> truth(a != b);
            case "<" -> truth(compare(a, b, signed) < 0);
            case ">" -> truth(compare(a, b, signed) > 0);
            case "<=" -> truth(compare(a, b, signed) <= 0);
            case ">=" -> truth(compare(a, b, signed) >= 0);
            default -> arithmetic(operator, a, b, signed, left);
        };
    }

    private Value arithmetic(String operator, long a, long b, boolean signed, Value left) {
        if ((operator.equals("/") || operator.equals("%")) && b == 0) {
            if (skipping > 0) {
                return left;
            }
            throw error("division by zero");
        }
        long bits = switch (operator) {
            case "|" -> a | b;
            case "^" -> a ^ b;
            case "&" -> a & b;
            case "<<" -> a << b;
            case ">>" -> left.signed() ? a >> b : a >>> b;
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> signed ? a / b : Long.divideUnsigned(a, b);
            case "%" -> signed ? a % b : Long.remainderUnsigned(a, b);
            default -> throw error("unknown operator " + operator);
        };
        return signed ? Value.signed(bits) : Value.unsigned(bits, 8);
    }

    private Value unary() {
        if (++depth > DEEPEST) {
            throw error("nested too deeply");
        }
        try {
            skipSpace();
            if (at >= text.length()) {
                throw error("an expression ends too early");
            }
            char c = text.charAt(at);
            return switch (c) {
                case '-' -> prefix(value -> new Value(-value.bits(), value.widthBytes(), value.signed(), null));
                case '+' -> prefix(value -> value);
                case '~' -> prefix(value -> new Value(~value.bits(), value.widthBytes(), value.signed(), null));
                case '!' -> prefix(value -> truth(!value.isTrue()));
                case '*' -> prefix(value -> read(value.bits(), 8));
                case '&' -> addressOf();
                case '{' -> typedRead();
                default -> primary(c);
            };
        } finally {
            depth--;
        }
    }

    private Value prefix(java.util.function.UnaryOperator<Value> meaning) {
        at++;
        return meaning.apply(unary());
    }

    private Value addressOf() {
        at++;
        Value value = unary();
        if (value.symbol() == null) {
            throw error("& wants a symbol");
        }
        return Value.unsigned(value.bits(), 8);
    }

    // {u8} {u16} {u32} {u64} {char} {short} {int} {long} as gdb's {type} address
    private Value typedRead() {
        int close = text.indexOf('}', at);
        if (close < 0) {
            throw error("} is missing");
        }
        String type = text.substring(at + 1, close).strip().toLowerCase(Locale.ROOT);
        int width = switch (type) {
            case "u8", "char", "unsigned char" -> 1;
            case "u16", "short", "unsigned short" -> 2;
            case "u32", "int", "unsigned", "unsigned int" -> 4;
            case "u64", "long", "unsigned long" -> 8;
            default -> throw error("unknown type \"" + type + "\"");
        };
        at = close + 1;
        return read(unary().bits(), width);
    }

    private Value read(long address, int widthBytes) {
        return skipping > 0 ? Value.signed(0) : Value.unsigned(scope.readInteger(address, widthBytes), widthBytes);
    }

    private Value primary(char c) {
        if (c == '(') {
            at++;
            Value value = assignment();
            skipSpace();
            if (!peek(")")) {
                throw error(") is missing");
            }
            at++;
            return value;
        }
        if (Character.isDigit(c)) {
            return number();
        }
        if (c == '\'') {
            return character();
        }
        int start = at;
        if (c == '$') {
            at++;
            String name = word();
            return scope.dollar(name).orElseThrow(() -> errorAt(start, "no register or variable $" + name));
        }
        String name = word();
        if (name.isEmpty()) {
            throw error("unexpected \"" + text.substring(at) + "\"");
        }
        return scope.symbol(name);
    }

    private Value number() {
        int start = at;
        while (at < text.length() && Character.isLetterOrDigit(text.charAt(at))) {
            at++;
        }
        String digits = text.substring(start, at).replaceAll("(?i)[ul]+$", "");
        try {
            if (digits.startsWith("0x") || digits.startsWith("0X")) {
                long bits = Long.parseUnsignedLong(digits.substring(2), 16);
                return bits < 0 ? Value.unsigned(bits, 8) : Value.signed(bits);
            }
            if (digits.length() > 1 && digits.startsWith("0")) {
                return Value.signed(Long.parseUnsignedLong(digits, 8));
            }
            long bits = Long.parseUnsignedLong(digits);
            return bits < 0 ? Value.unsigned(bits, 8) : Value.signed(bits);
        } catch (NumberFormatException e) {
            throw errorAt(start, "not a number: " + text.substring(start, at));
        }
    }

    private Value character() {
        if (at + 2 < text.length() && text.charAt(at + 2) == '\'') {
            Value value = new Value(text.charAt(at + 1), 1, true, null);
            at += 3;
            return value;
        }
        throw error("not a character");
    }

    private String word() {
        int start = at;
        while (at < text.length() && isNamePart(text.charAt(at))) {
            at++;
        }
        return text.substring(start, at);
    }

    // '.' belongs to names of the compiler's clones: foo.isra.0
    private static boolean isNamePart(char c) {
        return Character.isLetterOrDigit(c) || c == '_' || c == '.';
    }

    private void skipSpace() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
    }

    private boolean peek(String token) {
        return text.startsWith(token, at);
    }

    private static Value truth(boolean value) {
        return Value.signed(value ? 1 : 0);
    }

    private static int compare(long a, long b, boolean signed) {
        return signed ? Long.compare(a, b) : Long.compareUnsigned(a, b);
    }

    private SessionException error(String why) {
        return errorAt(at, why);
    }

    private SessionException errorAt(int place, String why) {
        String message = "%s%n  %s%n  %s^".formatted(why, text, " ".repeat(place));
        return new SessionException(message, new SessionFailure.Usage("EXPRESSION"));
    }
}
