package org.kdive.session.expression;

import java.util.List;
import org.kdive.images.types.Type;
import org.kdive.images.types.VoidType;

/** A parsed expression, immutable; {@code at} is where in the text its own word stands. */
sealed interface Node {
    int at();

    Value evaluate(Evaluator in);

    record IntegerLiteral(int at, long bits, Type type) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.number(type, bits);
        }
    }

    record RealLiteral(int at, double value, Type type) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.real(type, value);
        }
    }

    record StringLiteral(int at, List<Byte> text) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.string(text);
        }
    }

    /** A symbol or a constant of an enum. */
    record Name(int at, String name) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.names().value(this);
        }
    }

    /** @param name without its dollar */
    record Dollar(int at, String name) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.names().dollar(this);
        }
    }

    /** A type where a value could stand: {@code whatis struct list_head}. */
    record TypeName(int at, Type type) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            throw new Misstep(at, "Attempt to use a type name as an expression");
        }
    }

    /** {@code - + ~ ! * &}. */
    record Unary(int at, char operator, Node operand) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            Value value = operand.evaluate(in);
            return switch (operator) {
                case '*' -> in.access().pointedTo(at, value);
                case '&' -> in.access().addressOf(at, value);
                default -> in.arithmetic().unary(at, operator, value);
            };
        }
    }

    record Binary(int at, String operator, Node left, Node right) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.binary(at, operator, left.evaluate(in), right.evaluate(in));
        }
    }

    /** {@code &&} and {@code ||}: the right side only if it decides. */
    record Logical(int at, boolean isAnd, Node left, Node right) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            boolean first = in.truth(at, left);
            return in.truth(first == isAnd ? in.truth(at, right) : first);
        }
    }

    record Conditional(int at, Node condition, Node yes, Node no) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.truth(at, condition) ? yes.evaluate(in) : no.evaluate(in);
        }
    }

    record Comma(int at, Node first, Node second) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            first.evaluate(in);
            return second.evaluate(in);
        }
    }

    /** @param operator what is done before assigning: {@code +} of {@code +=}; empty for {@code =} */
    record Assignment(int at, String operator, Node target, Node value) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            Value now = in.valueFor(target);
            Value given = value.evaluate(in);
            return in.assign(at, now, operator.isEmpty() ? given : in.binary(at, operator, now, given));
        }
    }

    /** {@code x++} and {@code x--}: the value before. */
    record PostStep(int at, String operator, Node target) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            Value before = target.evaluate(in);
            before.bytes();
            in.assign(
                    at,
                    before,
                    in.binary(at, operator, before, in.number(in.types().c("int"), 1)));
            return before;
        }
    }

    record Cast(int at, Type type, Node operand) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.conversions().cast(at, type, operand.evaluate(in));
        }
    }

    /** {@code {type} address}. */
    record TypedMemory(int at, Type type, Node address) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.memory(type, in.asNumber(address));
        }
    }

    record SizeOf(int at, Node operand) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            Type type = in.typeOf(operand);
            // void and functions have none in C; gcc and gdb say 1
            boolean isSizeless = type.strip() instanceof VoidType || Types.isFunction(type.strip());
            return in.number(in.types().c("unsigned long"), isSizeless ? 1 : type.sizeBytes());
        }
    }

    /** {@code .} and {@code ->}, which gdb takes for each other. */
    record MemberAccess(int at, Node object, String member) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.access().member(at, object.evaluate(in), member);
        }
    }

    record Index(int at, Node array, Node index) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            return in.access().element(at, array.evaluate(in), index.evaluate(in));
        }
    }

    /** A pointer to the whole from a pointer to the part: {@code part} is {@code &((type *)0)->member}. */
    record ContainerOf(int at, Node pointer, Type whole, Node part) implements Node {
        @Override
        public Value evaluate(Evaluator in) {
            long address = in.asNumber(pointer) - in.asNumber(part);
            return in.number(in.types().pointerTo(whole), address);
        }
    }

    /** One of kdive's own functions. */
    record Call(int at, String function, List<Node> arguments) implements Node {
        public Call {
            arguments = List.copyOf(arguments);
        }

        @Override
        public Value evaluate(Evaluator in) {
            return in.functions().call(this);
        }
    }
}
