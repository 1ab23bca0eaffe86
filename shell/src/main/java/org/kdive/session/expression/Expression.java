package org.kdive.session.expression;

import org.kdive.images.types.Type;

/** A C expression, parsed: immutable, evaluated as often as wanted, over the types it was parsed with. */
public final class Expression {
    private final String text;
    private final Node root;

    private Expression(String text, Node root) {
        this.text = text;
        this.root = root;
    }

    /** Throws Usage or NoSymbol, with a caret under the place where it stopped making sense. */
    public static Expression parse(String text, Types types) {
        try {
            return new Expression(text, Parser.parse(text, types));
        } catch (Misstep e) {
            throw e.under(text);
        }
    }

    /** As it was typed. */
    public String text() {
        return text;
    }

    /** The value, not yet read if it is in memory. Throws Usage or NoSymbol with a caret, NoRegister, Unreadable. */
    public Value evaluate(Scope scope) {
        try {
            return root.evaluate(new Evaluator(scope, false));
        } catch (Misstep e) {
            throw e.under(text);
        }
    }

    /** Whether it holds, as a condition. */
    public boolean isTrue(Scope scope) {
        try {
            Evaluator in = new Evaluator(scope, false);
            return in.truth(root.at(), root);
        } catch (Misstep e) {
            throw e.under(text);
        }
    }

    /** The type the value would have: nothing is written, and hardly anything read. */
    public Type type(Scope scope) {
        try {
            return new Evaluator(scope, true).typeOf(root);
        } catch (Misstep e) {
            throw e.under(text);
        }
    }

    /** Whether it names a type instead of a value. */
    public boolean isType() {
        return root instanceof Node.TypeName;
    }

    /** Whether it changes something: an assignment, or one after the other. */
    public boolean assigns() {
        return root instanceof Node.Assignment || root instanceof Node.PostStep || root instanceof Node.Comma;
    }

    @Override
    public String toString() {
        return text;
    }
}
