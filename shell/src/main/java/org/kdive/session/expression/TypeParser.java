package org.kdive.session.expression;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.Parameter;
import org.kdive.images.types.QualifiedType;
import org.kdive.images.types.QualifiedType.Qualifier;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeRef;
import org.kdive.session.SessionFailure;

/** C's type names: {@code const struct file *}, {@code char (*)[16]}, {@code int (*)(void *)}. */
final class TypeParser {
    private static final Set<String> INTEGER_WORDS =
            Set.of("long", "short", "int", "char", "signed", "unsigned", "__int128");
    private static final Set<String> TAGS = Set.of("struct", "union", "enum");
    private static final Set<String> OTHERS = Set.of("void", "float", "double", "_Bool");
    private static final Set<String> QUALIFIERS = Set.of("const", "volatile", "restrict");
    private static final int MOST_DERIVATIONS = 32;

    private final Words words;
    private final Types types;
    private int derivations;

    TypeParser(Words words, Types types) {
        this.words = words;
        this.types = types;
    }

    /** Whether a type begins so many words ahead. A name is one if the kernel has a type of that name. */
    boolean startsAt(int ahead) {
        Token token = words.peek(ahead);
        if (token.kind() != Token.Kind.NAME) {
            return false;
        }
        String word = token.text();
        return INTEGER_WORDS.contains(word)
                || TAGS.contains(word)
                || OTHERS.contains(word)
                || QUALIFIERS.contains(word)
                || types.find(word).isPresent();
    }

    Type require() {
        Type base = base();
        while (words.peek().kind() == Token.Kind.NAME
                && QUALIFIERS.contains(words.peek().text())) {
            base = qualified(words.next().text(), base);
        }
        return abstractDeclarator().apply(base);
    }

    private Type base() {
        Token token = words.peek();
        if (token.kind() != Token.Kind.NAME) {
            throw new Misstep(token.at(), "a type is missing");
        }
        String word = token.text();
        if (QUALIFIERS.contains(word)) {
            derive(token.at());
            words.next();
            return qualified(word, base());
        }
        if (TAGS.contains(word)) {
            words.next();
            String tag = words.name("the name of the " + word);
            return types.find(word + " " + tag)
                    .orElseThrow(() -> new Misstep(
                            token.at(), "No %s type named %s.".formatted(word, tag), new SessionFailure.NoSymbol(tag)));
        }
        if (INTEGER_WORDS.contains(word)) {
            return integer(token);
        }
        words.next();
        return types.find(word)
                .orElseThrow(() -> new Misstep(
                        token.at(), "No type named %s.".formatted(word), new SessionFailure.NoSymbol(word)));
    }

    private Type integer(Token first) {
        List<String> spelt = new ArrayList<>();
        while (words.peek().kind() == Token.Kind.NAME
                && (INTEGER_WORDS.contains(words.peek().text())
                        || words.peek().isWord("double") && spelt.equals(List.of("long")))) {
            spelt.add(words.next().text());
        }
        String name = String.join(" ", spelt);
        return types.find(name).orElseThrow(() -> new Misstep(first.at(), "No type named %s.".formatted(name)));
    }

    private static Type qualified(String word, Type type) {
        return new QualifiedType(Qualifier.valueOf(word.toUpperCase(Locale.ROOT)), "", TypeRef.to(type));
    }

    // what stands behind the base, from the inside out: the meaning of (*)[16] is an array of a pointer to it
    private UnaryOperator<Type> abstractDeclarator() {
        UnaryOperator<Type> pointers = UnaryOperator.identity();
        while (words.isNext("*")) {
            derive(words.next().at());
            pointers = then(pointers, types::pointerTo);
            while (words.peek().kind() == Token.Kind.NAME
                    && QUALIFIERS.contains(words.peek().text())) {
                String qualifier = words.next().text();
                pointers = then(pointers, type -> qualified(qualifier, type));
            }
        }
        UnaryOperator<Type> inner = UnaryOperator.identity();
        if (words.isNext("(")
                && (words.peek(1).is("*")
                        || words.peek(1).is("(")
                        || words.peek(1).is("["))) {
            derive(words.next().at());
            inner = abstractDeclarator();
            words.expect(")");
        }
        return then(pointers, then(suffixes(), inner));
    }

    private UnaryOperator<Type> suffixes() {
        if (words.isNext("[")) {
            derive(words.next().at());
            long count = words.isNext("]") ? 0 : count();
            words.expect("]");
            return then(suffixes(), type -> types.arrayOf(type, count));
        }
        if (words.isNext("(")
                && (words.peek(1).is(")") || startsAt(1) || words.peek(1).is("."))) {
            derive(words.next().at());
            List<Parameter> parameters = new ArrayList<>();
            boolean isVariadic = parameters(parameters);
            words.expect(")");
            return type -> new FunctionType(TypeRef.to(type), parameters, isVariadic);
        }
        return UnaryOperator.identity();
    }

    private long count() {
        Token token = words.next();
        if (token.kind() == Token.Kind.NUMBER
                && Literals.number(token, types) instanceof Node.IntegerLiteral literal
                && literal.bits() >= 0) {
            return literal.bits();
        }
        throw new Misstep(token.at(), "the size of an array is a number");
    }

    // true if they end in "..." or are not told
    private boolean parameters(List<Parameter> parameters) {
        if (words.isNext(")")) {
            return true;
        }
        while (true) {
            if (words.isNext(".")) {
                words.expect(".");
                words.expect(".");
                words.expect(".");
                return true;
            }
            Type type = require();
            if (!type.equals(types.c("void"))) {
                parameters.add(new Parameter("", TypeRef.to(type)));
            }
            if (!words.isNext(",")) {
                return false;
            }
            words.next();
        }
    }

    private void derive(int at) {
        if (++derivations > MOST_DERIVATIONS) {
            throw new Misstep(at, "a type of too many parts");
        }
    }

    private static UnaryOperator<Type> then(UnaryOperator<Type> first, UnaryOperator<Type> second) {
        return type -> second.apply(first.apply(type));
    }
}
