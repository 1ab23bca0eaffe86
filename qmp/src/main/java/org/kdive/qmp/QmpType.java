package org.kdive.qmp;

import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.kdive.qmp.wire.QmpJson;

/**
 * A type of QEMU's schema. Types are recursive, so one names the others and {@link QmpSchema#type} looks them up. QEMU
 * qapi/introspect.json.
 */
public sealed interface QmpType {
    /** What a value of it is, for people: "a number", "one of elf, kdump-zlib". */
    String words();

    /** Whether the value's outer shape is one of this type; what is inside is {@link QmpSchema}'s. */
    boolean admits(QmpSchema schema, QmpValue value);

    /** What somebody meant who typed this for it. Text that makes no sense stays text, and is not admitted then. */
    QmpValue read(QmpSchema schema, String typed);

    /** What can be typed for it, where that is a closed set; empty otherwise. */
    default List<String> choices(QmpSchema schema) {
        return List.of();
    }

    /** One of JSON's own types, by the schema's word for it. */
    enum Scalar implements QmpType {
        STRING("text"),
        NUMBER("a number"),
        INT("a whole number"),
        BOOLEAN("on or off"),
        NULL("null"),
        OBJECT("a JSON object"),
        ARRAY("a JSON array"),
        VALUE("a value");

        private static final BigInteger TWO_TO_63 = BigInteger.ONE.shiftLeft(Long.SIZE - 1);
        private static final BigInteger TWO_TO_64 = BigInteger.ONE.shiftLeft(Long.SIZE);
        private final String words;

        Scalar(String words) {
            this.words = words;
        }

        static Scalar of(String jsonType) {
            try {
                return valueOf(jsonType.toUpperCase(Locale.ROOT));
            } catch (IllegalArgumentException e) {
                return VALUE; // a later QEMU's word: anything may be tried
            }
        }

        @Override
        public String words() {
            return words;
        }

        @Override
        public boolean admits(QmpSchema schema, QmpValue value) {
            return switch (this) {
                case STRING -> value instanceof QmpValue.Text;
                case NUMBER -> value instanceof QmpValue.Decimal;
                case INT -> value instanceof QmpValue.Decimal number && isWhole(number.decimal());
                case BOOLEAN -> value instanceof QmpValue.Flag;
                case NULL -> value instanceof QmpValue.Null;
                case OBJECT -> value instanceof QmpValue.Members;
                case ARRAY -> value instanceof QmpValue.Items;
                case VALUE -> true;
            };
        }

        // the digits are not made for it: 1E+999999999 is a short text
        private static boolean isWhole(BigDecimal number) {
            return number.signum() == 0 || number.stripTrailingZeros().scale() <= 0;
        }

        @Override
        public QmpValue read(QmpSchema schema, String typed) {
            return switch (this) {
                case STRING -> new QmpValue.Text(typed);
                case INT -> integer(typed);
                case BOOLEAN -> flag(typed);
                case NUMBER, NULL, OBJECT, ARRAY -> json(typed);
                case VALUE -> literal(typed);
            };
        }

        @Override
        public List<String> choices(QmpSchema schema) {
            return this == BOOLEAN ? List.of("on", "off") : List.of();
        }

        // QEMU 7.2 takes "val" of memsave as a signed integer only, and every unsigned one takes the negative spelling
        // too
        // (qapi/qobject-input-visitor.c, qobject_input_type_uint64).
        private static QmpValue integer(String typed) {
            boolean hex = typed.matches("0[xX][0-9a-fA-F]{1,16}");
            if (!hex && !typed.matches("-?\\d{1,20}")) {
                return new QmpValue.Text(typed);
            }
            BigInteger number = hex ? new BigInteger(typed.substring(2), 16) : new BigInteger(typed);
            boolean wraps = number.compareTo(TWO_TO_63) >= 0 && number.compareTo(TWO_TO_64) < 0;
            return new QmpValue.Decimal(new BigDecimal(wraps ? number.subtract(TWO_TO_64) : number));
        }

        private static QmpValue flag(String typed) {
            return switch (typed) {
                case "on", "yes", "true" -> new QmpValue.Flag(true);
                case "off", "no", "false" -> new QmpValue.Flag(false);
                default -> new QmpValue.Text(typed);
            };
        }

        static QmpValue literal(String typed) {
            return typed.matches("-?\\d+|true|false|null|[\\[{].*") ? json(typed) : new QmpValue.Text(typed);
        }

        static QmpValue json(String typed) {
            try {
                return QmpJson.parse(typed);
            } catch (QmpException e) {
                if (typed.startsWith("{") || typed.startsWith("[")) {
                    throw e; // it says where the JSON is broken, which "not an object" would not
                }
                return new QmpValue.Text(typed);
            }
        }
    }

    /** One of some words. */
    record Choice(List<String> values) implements QmpType {
        private static final int MOST_SAID = 12;

        public Choice {
            values = List.copyOf(values);
        }

        @Override
        public String words() {
            String said = values.stream().limit(MOST_SAID).collect(Collectors.joining(", "));
            return "one of " + said + (values.size() > MOST_SAID ? " ..." : "");
        }

        @Override
        public boolean admits(QmpSchema schema, QmpValue value) {
            return value instanceof QmpValue.Text text && values.contains(text.text());
        }

        @Override
        public QmpValue read(QmpSchema schema, String typed) {
            return new QmpValue.Text(typed);
        }

        @Override
        public List<String> choices(QmpSchema schema) {
            return values;
        }
    }

    /** A list; typed as JSON, or with commas where the elements are simple. */
    record ListOf(String element) implements QmpType {
        @Override
        public String words() {
            return "a list, as A,B or JSON";
        }

        @Override
        public boolean admits(QmpSchema schema, QmpValue value) {
            return value instanceof QmpValue.Items;
        }

        @Override
        public QmpValue read(QmpSchema schema, String typed) {
            if (typed.startsWith("[")) {
                return Scalar.json(typed);
            }
            QmpType type = schema.type(element);
            List<QmpValue> items = new ArrayList<>();
            for (String one : typed.split(",", -1)) {
                items.add(type.read(schema, one));
            }
            return new QmpValue.Items(items);
        }
    }

    /** One member of a {@link Struct}. */
    record Member(String name, String type, boolean required, boolean deprecated) {}

    /** An object; the value of its member {@code tag} adds the members of a variant. */
    record Struct(List<Member> members, String tag, Map<String, String> variants) implements QmpType {
        public Struct {
            members = List.copyOf(members);
            variants = Map.copyOf(variants);
        }

        @Override
        public String words() {
            return "an object: NAME.MEMBER=VALUE, or JSON";
        }

        @Override
        public boolean admits(QmpSchema schema, QmpValue value) {
            return value instanceof QmpValue.Members;
        }

        @Override
        public QmpValue read(QmpSchema schema, String typed) {
            return Scalar.json(typed);
        }
    }

    /** A value of one of several types, told apart by its JSON type. */
    record AnyOf(List<String> types) implements QmpType {
        public AnyOf {
            types = List.copyOf(types);
        }

        @Override
        public String words() {
            return "a value";
        }

        @Override
        public boolean admits(QmpSchema schema, QmpValue value) {
            return types.stream().anyMatch(type -> schema.type(type).admits(schema, value));
        }

        /** Text is taken for text last: 5 is a number where both could be meant. */
        @Override
        public QmpValue read(QmpSchema schema, String typed) {
            return types.stream()
                    .map(schema::type)
                    .filter(type -> type != Scalar.STRING)
                    .map(type -> type.read(schema, typed))
                    .filter(value -> !(value instanceof QmpValue.Text text && !isChoice(schema, text)))
                    .filter(value -> admits(schema, value))
                    .findFirst()
                    .orElseGet(() -> new QmpValue.Text(typed));
        }

        private boolean isChoice(QmpSchema schema, QmpValue.Text text) {
            return types.stream()
                    .anyMatch(type -> schema.type(type) instanceof Choice choice && choice.admits(schema, text));
        }

        @Override
        public List<String> choices(QmpSchema schema) {
            return types.stream()
                    .flatMap(type -> schema.type(type).choices(schema).stream())
                    .distinct()
                    .toList();
        }
    }
}
