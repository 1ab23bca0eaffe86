package org.kdive.session.expression;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An expression's text to words. */
final class Lexer {
    private static final int MOST_TOKENS = 4000;

    // the suffixes that compilers put behind a function's name, and the number behind a static variable's
    private static final String CLONE = "(?:\\.(?:(?:isra|part|cold|constprop|llvm|lto_priv|localalias)\\b|\\d+))*";
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z_0-9]*" + CLONE);
    private static final Pattern DOLLAR = Pattern.compile("\\$(?:\\$\\d*|\\w*)");
    private static final Pattern NUMBER =
            Pattern.compile("0[xX][0-9a-fA-F]*[A-Za-z0-9]*|(?:\\d+\\.\\d*|\\.\\d+)(?:[eE][+-]?\\d+)?[A-Za-z0-9]*"
                    + "|\\d+[eE][+-]?\\d+[A-Za-z0-9]*|\\d\\w*");
    private static final Pattern OPERATOR = Pattern.compile(
            "<<=|>>=|->|\\+\\+|--|<<|>>|<=|>=|==|!=|&&|\\|\\||[-+*/%&|^]=|[-+*/%&|^~!<>=?:,.()\\[\\]{}@]");

    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private int at;

    private Lexer(String text) {
        this.text = text;
    }

    /** The last one is an END. */
    static List<Token> split(String text) {
        Lexer lexer = new Lexer(text);
        while (lexer.next()) {
            if (lexer.tokens.size() > MOST_TOKENS) {
                throw new Misstep(lexer.at, "the expression is too long");
            }
        }
        lexer.tokens.add(new Token(Token.Kind.END, text.length(), "", List.of()));
        return lexer.tokens;
    }

    private boolean next() {
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        if (at >= text.length()) {
            return false;
        }
        char c = text.charAt(at);
        if (c == '\'' || c == '"') {
            quoted(c);
            return true;
        }
        boolean taken = take(NAME, Token.Kind.NAME)
                || take(DOLLAR, Token.Kind.DOLLAR)
                || take(NUMBER, Token.Kind.NUMBER)
                || take(OPERATOR, Token.Kind.OPERATOR);
        if (!taken) {
            throw new Misstep(at, "unexpected \"" + Character.toString(text.codePointAt(at)) + "\"");
        }
        return true;
    }

    private boolean take(Pattern pattern, Token.Kind kind) {
        Matcher matcher = pattern.matcher(text).region(at, text.length());
        if (!matcher.lookingAt()) {
            return false;
        }
        tokens.add(new Token(kind, at, matcher.group(), List.of()));
        at = matcher.end();
        return true;
    }

    private void quoted(char quote) {
        int start = at++;
        List<Byte> bytes = new ArrayList<>();
        int characters = 0;
        while (at < text.length() && text.charAt(at) != quote) {
            character(bytes);
            characters++;
        }
        if (at >= text.length()) {
            throw new Misstep(start, quote == '"' ? "the string does not end" : "the character does not end");
        }
        String inside = text.substring(start + 1, at++);
        if (quote == '"') {
            tokens.add(new Token(Token.Kind.STRING, start, inside, List.copyOf(bytes)));
        } else if (characters == 1) {
            tokens.add(new Token(Token.Kind.CHARACTER, start, inside, List.copyOf(bytes)));
        } else if (characters > 1 && inside.matches("[\\w.$]+")) {
            tokens.add(new Token(Token.Kind.NAME, start, inside, List.of())); // gdb's way to quote a symbol
        } else {
            throw new Misstep(start, "Invalid character constant.");
        }
    }

    private void character(List<Byte> bytes) {
        int c = text.codePointAt(at);
        at += Character.charCount(c);
        if (c != '\\' || at >= text.length()) {
            for (byte each : Character.toString(c).getBytes(StandardCharsets.UTF_8)) {
                bytes.add(each);
            }
            return;
        }
        char escape = text.charAt(at);
        if (escape == 'x') {
            at++;
            bytes.add((byte) number(16, 2));
        } else if (Character.digit(escape, 8) >= 0) {
            bytes.add((byte) number(8, 3));
        } else {
            at++;
            int known = "abefnrtv".indexOf(escape);
            bytes.add((byte) (known >= 0 ? "\u0007\b\u001b\f\n\r\t\u000b".charAt(known) : escape));
        }
    }

    private int number(int radix, int mostDigits) {
        int start = at;
        int value = 0;
        while (at < text.length() && at - start < mostDigits && Character.digit(text.charAt(at), radix) >= 0) {
            value = value * radix + Character.digit(text.charAt(at++), radix);
        }
        return value;
    }
}
