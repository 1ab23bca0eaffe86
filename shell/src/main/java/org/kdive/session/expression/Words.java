package org.kdive.session.expression;

import java.util.List;

/** The words of an expression, from left to right. */
final class Words {
    private final List<Token> tokens;
    private int next;

    Words(List<Token> tokens) {
        this.tokens = tokens;
    }

    Token peek() {
        return peek(0);
    }

    Token peek(int ahead) {
        return tokens.get(Math.min(next + ahead, tokens.size() - 1));
    }

    Token next() {
        Token token = peek();
        if (next < tokens.size() - 1) {
            next++;
        }
        return token;
    }

    boolean atEnd() {
        return peek().kind() == Token.Kind.END;
    }

    boolean isNext(String operator) {
        return peek().is(operator);
    }

    void expect(String operator) {
        if (!isNext(operator)) {
            throw atEnd() ? new Misstep(peek().at(), operator + " is missing") : unexpected();
        }
        next();
    }

    String name(String what) {
        if (peek().kind() != Token.Kind.NAME) {
            throw new Misstep(peek().at(), what + " is missing");
        }
        return next().text();
    }

    Misstep unexpected() {
        Token token = peek();
        return atEnd()
                ? new Misstep(token.at(), "an expression ends too early")
                : new Misstep(token.at(), "unexpected \"" + token.text() + "\"");
    }
}
