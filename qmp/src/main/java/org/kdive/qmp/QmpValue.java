package org.kdive.qmp;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.wire.QmpJson;

/**
 * One JSON value as QEMU speaks it: immutable, members in the order they came.
 * Asking a value for what it is not throws {@link QmpException} with {@link QmpFailure.Mismatch}.
 */
public sealed interface QmpValue {
    /** A JSON object. */
    record Members(Map<String, QmpValue> map) implements QmpValue {
        public Members {
            map = Collections.unmodifiableMap(new LinkedHashMap<>(map));
        }
    }

    /** A JSON array. */
    record Items(List<QmpValue> list) implements QmpValue {
        public Items {
            list = List.copyOf(list);
        }
    }

    /** A JSON string. */
    record Text(String text) implements QmpValue {}

    /** A JSON number, exactly as written: QEMU sends uint64, which a long does not hold. */
    record Decimal(BigDecimal decimal) implements QmpValue {
        private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(Long.SIZE);
        private static final BigInteger MIN = BigInteger.valueOf(Long.MIN_VALUE);
        private static final int DIGITS_OF_UINT64 = 20;

        @Override
        public long number() {
            if (decimal.signum() == 0) {
                return 0;
            }
            // The digits are counted before they are made: 1E+999999999 is eleven bytes on the wire.
            long integerDigits = (long) decimal.precision() - decimal.scale();
            if (integerDigits > DIGITS_OF_UINT64 || decimal.stripTrailingZeros().scale() > 0) {
                throw mismatch(this, "a 64-bit integer");
            }
            BigInteger exact = decimal.toBigInteger();
            if (exact.compareTo(TWO_TO_64) >= 0 || exact.compareTo(MIN) < 0) {
                throw mismatch(this, "a 64-bit integer");
            }
            return exact.longValue();
        }
    }

    /** A JSON boolean. */
    record Flag(boolean flag) implements QmpValue {}

    /** JSON null. */
    record Null() implements QmpValue {}

    /** The empty object: the reply of a command that has nothing to say. */
    static QmpValue empty() {
        return new Members(Map.of());
    }

    /** Parses one JSON text; {@link QmpFailure.Mismatch} says where it is broken. */
    static QmpValue parse(String json) {
        return QmpJson.parse(json);
    }

    /**
     * The value of a Java one: null, String, Boolean, any Number, a Map
     * with String keys, a Collection, a QmpValue. Anything else is a mistake of the caller.
     */
    static QmpValue of(@Nullable Object value) {
        if (value == null) {
            return new Null();
        }
        if (value instanceof QmpValue already) {
            return already;
        }
        if (value instanceof String text) {
            return new Text(text);
        }
        if (value instanceof Boolean flag) {
            return new Flag(flag);
        }
        if (value instanceof Number number) {
            return new Decimal(new BigDecimal(number.toString()));
        }
        if (value instanceof Map<?, ?> map) {
            Map<String, QmpValue> members = new LinkedHashMap<>();
            map.forEach((name, member) -> members.put((String) name, of(member)));
            return new Members(members);
        }
        if (value instanceof Collection<?> items) {
            List<QmpValue> list = new ArrayList<>();
            items.forEach(item -> list.add(of(item)));
            return new Items(list);
        }
        throw new IllegalArgumentException("no JSON for a " + value.getClass().getName());
    }

    /** The members of an object. */
    default Map<String, QmpValue> map() {
        throw mismatch(this, "an object");
    }

    /** The items of an array. */
    default List<QmpValue> list() {
        throw mismatch(this, "an array");
    }

    /** The string itself. */
    default String text() {
        throw mismatch(this, "a string");
    }

    /** The 64 bits of an integer; a uint64 above Long.MAX_VALUE comes as the negative long with the same bits. */
    default long number() {
        throw mismatch(this, "a 64-bit integer");
    }

    /** The boolean itself. */
    default boolean flag() {
        throw mismatch(this, "a boolean");
    }

    /** A member of this object; empty if it is absent or null. */
    default Optional<QmpValue> find(String member) {
        return Optional.ofNullable(map().get(member)).filter(value -> !(value instanceof Null));
    }

    /** A member that must be there. */
    default QmpValue require(String member) {
        return find(member).orElseThrow(() -> mismatch(this, "an object with '" + member + "'"));
    }

    /** {@code require(member).text()}. */
    default String text(String member) {
        return require(member).text();
    }

    /** {@code require(member).number()}. */
    default long number(String member) {
        return require(member).number();
    }

    /** {@code require(member).flag()}. */
    default boolean flag(String member) {
        return require(member).flag();
    }

    /** {@code require(member).list()}. */
    default List<QmpValue> list(String member) {
        return require(member).list();
    }

    /** One line of JSON. */
    default String toJson() {
        return QmpJson.write(this);
    }

    /** JSON over several lines, indented by two. */
    default String toPrettyJson() {
        return QmpJson.writePretty(this);
    }

    private static QmpException mismatch(QmpValue got, String wanted) {
        return new QmpException(new QmpFailure.Mismatch(wanted, got.toJson()));
    }
}
