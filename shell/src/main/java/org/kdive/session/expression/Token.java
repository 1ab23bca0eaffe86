package org.kdive.session.expression;

import java.util.List;

/**
 * One word of an expression.
 *
 * @param at where it begins in the text
 * @param text as meant: a name without its quotes, an operator, the digits of a number
 * @param bytes of a string or a character, its escapes resolved; empty for all others
 */
record Token(Kind kind, int at, String text, List<Byte> bytes) {
    enum Kind {
        NUMBER,
        CHARACTER,
        STRING,
        NAME,
        DOLLAR,
        OPERATOR,
        END
    }

    boolean is(String operator) {
        return kind == Kind.OPERATOR && text.equals(operator);
    }

    boolean isWord(String word) {
        return kind == Kind.NAME && text.equals(word);
    }
}
