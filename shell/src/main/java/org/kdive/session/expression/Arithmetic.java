package org.kdive.session.expression;

import org.kdive.images.types.ArrayType;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.IntType;
import org.kdive.images.types.PointerType;
import org.kdive.images.types.Type;

/** C's operators on numbers and pointers, with C's promotions. C11 6.3.1, as gdb applies them. */
final class Arithmetic {
    private final Evaluator in;

    Arithmetic(Evaluator in) {
        this.in = in;
    }

    Value unary(int at, char operator, Value given) {
        Value value = in.access().decayed(at, in.require(at, given));
        Type bare = value.type().strip();
        if (operator == '!') {
            if (!Types.isScalar(bare)) {
                throw new Misstep(at, "Argument to ! is no number");
            }
            return in.truth(!(bare instanceof FloatType ? value.real() != 0 : in.asNumber(value) != 0));
        }
        if (!Types.isNumber(bare) || operator == '~' && bare instanceof FloatType) {
            throw new Misstep(at, "Argument to arithmetic operation not a number or boolean.");
        }
        if (bare instanceof FloatType) {
            return in.real(value.type(), operator == '-' ? -value.real() : value.real());
        }
        Type type = promoted(value.type());
        long bits = in.asNumber(value);
        return in.number(type, operator == '-' ? -bits : operator == '~' ? ~bits : bits);
    }

    private Type promoted(Type type) {
        return type.sizeBytes() < 4 ? in.types().c("int") : type;
    }

    Value binary(int at, String operator, Value leftGiven, Value rightGiven) {
        boolean isComparison = "== != < > <= >=".contains(operator) && !operator.equals("=");
        if (isComparison && operator.length() == 2 && "=!".indexOf(operator.charAt(0)) >= 0) {
            if (Text.isLiteral(leftGiven) || Text.isLiteral(rightGiven)) {
                return in.truth(Text.areEqual(in, at, leftGiven, rightGiven) == operator.equals("=="));
            }
        }
        Value left = in.access().decayed(at, leftGiven);
        Value right = in.access().decayed(at, rightGiven);
        Type leftType = left.type().strip();
        Type rightType = right.type().strip();
        if (!Types.isScalar(leftType) || !Types.isScalar(rightType)) {
            throw new Misstep(
                    at,
                    isComparison
                            ? "Invalid type combination in equality test."
                            : "Argument to arithmetic operation not a number or boolean.");
        }
        if (isComparison) {
            return compare(operator, left, right);
        }
        if (leftType instanceof PointerType || rightType instanceof PointerType) {
            return onPointers(at, operator, left, right);
        }
        if (leftType instanceof FloatType || rightType instanceof FloatType) {
            return onReals(at, operator, left, right);
        }
        return onIntegers(at, operator, left, right);
    }

    // ---- comparison

    private Value compare(String operator, Value left, Value right) {
        int order;
        if (isReal(left) || isReal(right)) {
            order = Double.compare(left.real(), right.real());
        } else {
            Type common = common(asInteger(left), asInteger(right));
            long a = in.number(common, in.asNumber(left)).bits();
            long b = in.number(common, in.asNumber(right)).bits();
            order = in.number(common, 0).signed() ? Long.compare(a, b) : Long.compareUnsigned(a, b);
        }
        return in.truth(
                switch (operator) {
                    case "==" -> order == 0;
                    case "!=" -> order != 0;
                    case "<" -> order < 0;
                    case ">" -> order > 0;
                    case "<=" -> order <= 0;
                    default -> order >= 0;
                });
    }

    private static boolean isReal(Value value) {
        return value.type().strip() instanceof FloatType;
    }

    private Type asInteger(Value value) {
        return value.type().strip() instanceof PointerType ? in.types().c("unsigned long") : value.type();
    }

    // ---- pointers

    private Value onPointers(int at, String operator, Value left, Value right) {
        boolean leftPoints = left.type().strip() instanceof PointerType;
        boolean rightPoints = right.type().strip() instanceof PointerType;
        if (operator.equals("+") && leftPoints != rightPoints) {
            return leftPoints ? moved(at, left, right, 1) : moved(at, right, left, 1);
        }
        if (operator.equals("-") && leftPoints && !rightPoints) {
            return moved(at, left, right, -1);
        }
        if (operator.equals("-") && leftPoints && rightPoints) {
            long unit = targetBytes(left);
            if (unit != targetBytes(right)) {
                throw new Misstep(at, "the two pointers of a subtraction point to types of different sizes");
            }
            return in.number(in.types().c("long"), (in.asNumber(left) - in.asNumber(right)) / unit);
        }
        if (leftPoints && rightPoints || isReal(left) || isReal(right)) {
            throw new Misstep(at, "Argument to arithmetic operation not a number or boolean.");
        }
        // gdb reckons with the address, and the result is no pointer any more
        return onIntegers(
                at,
                operator,
                in.number(asInteger(left), in.asNumber(left)),
                in.number(asInteger(right), in.asNumber(right)));
    }

    private Value moved(int at, Value pointer, Value count, int direction) {
        if (isReal(count)) {
            throw new Misstep(at, "Argument to arithmetic operation not a number or boolean.");
        }
        long bytes = in.asNumber(count) * targetBytes(pointer) * direction;
        return in.number(pointer.type(), in.asNumber(pointer) + bytes);
    }

    // void and functions have no size; gcc and gdb step by bytes
    private static long targetBytes(Value pointer) {
        Type type = ((PointerType) pointer.type().strip()).target().type();
        boolean isSized = !(type.strip() instanceof ArrayType array) || array.count() > 0;
        return isSized ? Math.max(1, type.sizeBytes()) : 1;
    }

    // ---- numbers

    private Value onReals(int at, String operator, Value left, Value right) {
        boolean isDouble =
                left.type().sizeBytes() > 4 && isReal(left) || right.type().sizeBytes() > 4 && isReal(right);
        Type type = in.types().c(isDouble ? "double" : "float");
        double a = left.real();
        double b = right.real();
        return in.real(
                type,
                switch (operator) {
                    case "+" -> a + b;
                    case "-" -> a - b;
                    case "*" -> a * b;
                    case "/" -> a / b;
                    default -> throw new Misstep(at, "Integer-only operation on floating point number.");
                });
    }

    private Value onIntegers(int at, String operator, Value left, Value right) {
        // C11 6.5.7: what a shift gives has the type of its left side
        boolean shifts = operator.equals("<<") || operator.equals(">>");
        Type type = common(left.type(), shifts ? left.type() : right.type());
        boolean signed = in.number(type, 0).signed();
        long a = in.number(type, in.asNumber(left)).bits();
        long b = shifts
                ? in.asNumber(right)
                : in.number(type, in.asNumber(right)).bits();
        boolean divides = operator.equals("/") || operator.equals("%");
        if (divides && b == 0) {
            throw new Misstep(at, "Division by zero");
        }
        long bits = switch (operator) {
            case "|" -> a | b;
            case "^" -> a ^ b;
            case "&" -> a & b;
            case "<<" -> isShift(b, type) ? a << b : 0;
            case ">>" -> isShift(b, type) ? signed ? a >> b : a >>> b : signed && a < 0 ? -1 : 0;
            case "+" -> a + b;
            case "-" -> a - b;
            case "*" -> a * b;
            case "/" -> signed ? a / b : Long.divideUnsigned(a, b);
            case "%" -> signed ? a % b : Long.remainderUnsigned(a, b);
            default -> throw new Misstep(at, "unknown operator " + operator);
        };
        return in.number(type, bits);
    }

    private static boolean isShift(long count, Type type) {
        return count >= 0 && count < 8 * type.sizeBytes();
    }

    /** The type both sides have after promotion; C's own names, whatever the operands' were. */
    private Type common(Type left, Type right) {
        int leftBytes = Math.max(4, (int) left.sizeBytes());
        int rightBytes = Math.max(4, (int) right.sizeBytes());
        boolean leftUnsigned = left.sizeBytes() >= 4 && !in.number(left, 0).signed();
        boolean rightUnsigned = right.sizeBytes() >= 4 && !in.number(right, 0).signed();
        int bytes = Math.max(leftBytes, rightBytes);
        boolean unsigned = leftBytes > rightBytes
                ? leftUnsigned
                : rightBytes > leftBytes ? rightUnsigned : leftUnsigned || rightUnsigned;
        if (isBool(left) && isBool(right)) {
            return left;
        }
        String name = bytes <= 4 ? "int" : bytes <= in.types().pointerBytes() ? "long" : "long long";
        return in.types().c(unsigned ? "unsigned " + name : name);
    }

    private static boolean isBool(Type type) {
        return type.strip() instanceof IntType integer && integer.isBool();
    }
}
