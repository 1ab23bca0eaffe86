package org.kdive.session.expression;

import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.types.ArrayType;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.QualifiedType;
import org.kdive.images.types.Type;
import org.kdive.images.types.Variable;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** What a bare name or a dollar name is worth. */
final class Names {
    private final Evaluator in;

    Names(Evaluator in) {
        this.in = in;
    }

    Value value(Node.Name node) {
        Optional<Symbol> symbol = symbol(node.name());
        if (symbol.isPresent()) {
            return ofSymbol(node.name(), symbol.get());
        }
        Optional<EnumType> constants = in.types().enumOf(node.name());
        if (constants.isPresent()) {
            Enumerator constant = constants.get().findByName(node.name()).orElseThrow();
            return in.number(constants.get(), constant.value());
        }
        if (node.name().equals("true") || node.name().equals("false")) {
            return in.number(in.types().c("_Bool"), node.name().equals("true") ? 1 : 0);
        }
        in.scope().symbol(node.name()); // says so when there is no kernel at all
        throw in.noSymbol(node.at(), node.name());
    }

    // without a kernel there are no symbols, but true is true
    private Optional<Symbol> symbol(String name) {
        try {
            return in.scope().symbol(name);
        } catch (SessionException e) {
            return Optional.empty();
        }
    }

    private Value ofSymbol(String name, Symbol symbol) {
        if (symbol.isText()) {
            Type type = in.types().function(symbol.name()).map(Type.class::cast).orElse(Types.UNTYPED_CODE);
            return in.memory(type, symbol.address());
        }
        Optional<Variable> variable = in.types().variable(name);
        if (variable.isPresent()) {
            return in.memory(variable.get().type().type(), symbol.address());
        }
        Optional<Type> known = KnownGlobals.find(name).flatMap(this::typeNamed);
        return in.memory(known.map(type -> sized(type, symbol)).orElse(Types.UNTYPED_DATA), symbol.address());
    }

    // a type that this kernel does not have makes the variable unknown again
    private Optional<Type> typeNamed(String text) {
        try {
            return Parser.parse(text, in.types()) instanceof Node.TypeName name
                    ? Optional.of(name.type())
                    : Optional.empty();
        } catch (Misstep e) {
            return Optional.empty();
        }
    }

    // the length of an array that is declared without one: a constant text's to its end, else up to the next symbol
    private Type sized(Type type, Symbol symbol) {
        if (!(type instanceof ArrayType array) || array.count() > 0) {
            return type;
        }
        Type element = array.element().type();
        long elementBytes = Math.max(1, element.sizeBytes());
        boolean isText = element instanceof QualifiedType && elementBytes == 1;
        long count = isText ? textBytes(symbol) : symbol.sizeBytes() / elementBytes;
        return in.types().arrayOf(element, count);
    }

    private long textBytes(Symbol symbol) {
        int most = (int) Math.min(symbol.sizeBytes(), 4096);
        byte[] bytes = in.memory(in.types().arrayOf(in.types().c("char"), most), symbol.address())
                .bytes();
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        int end = text.indexOf('\0');
        return end < 0 ? most : end + 1;
    }

    /** A register, a convenience variable, or a value of the history; void if it is none of them, as in gdb. */
    Value dollar(Node.Dollar node) {
        String name = node.name();
        if (name.startsWith("$")) {
            return history(node, name.length() == 1 ? 1 : back(node, name.substring(1)));
        }
        if (name.isEmpty()) {
            return history(node, 0);
        }
        if (Character.isDigit(name.charAt(0))) {
            return in.scope()
                    .variable(name)
                    .orElseThrow(() -> new Misstep(node.at(), "History has not yet reached $%s.".formatted(name)));
        }
        Optional<Value> register = in.scope().register(name);
        return register.orElseGet(() -> in.scope().variable(name).orElseGet(in::nothing));
    }

    private static int back(Node.Dollar node, String digits) {
        try {
            return Integer.parseInt(digits);
        } catch (NumberFormatException e) {
            throw new Misstep(node.at(), "Invalid number \"%s\".".formatted(digits));
        }
    }

    private Value history(Node.Dollar node, int back) {
        int number = in.scope().lastNumber() - back;
        if (in.scope().lastNumber() == 0) {
            return in.nothing();
        }
        return in.scope()
                .variable(String.valueOf(number))
                .orElseThrow(() -> new Misstep(node.at(), "History does not go back to $$%d.".formatted(back)));
    }

    Misstep unknownType(int at, Value value) {
        String name = value.address().isPresent() ? nameAt(value.address().getAsLong()) : "the symbol";
        return new Misstep(
                at,
                "%s has unknown type; cast it to its declared type".formatted(name),
                new SessionFailure.Unsupported("symbols without a type"));
    }

    private String nameAt(long address) {
        return in.scope().symbolAt(address).map(name -> "'" + name + "'").orElse("0x%x".formatted(address));
    }
}
