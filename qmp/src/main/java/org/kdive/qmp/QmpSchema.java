package org.kdive.qmp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.kdive.qmp.QmpType.AnyOf;
import org.kdive.qmp.QmpType.Choice;
import org.kdive.qmp.QmpType.ListOf;
import org.kdive.qmp.QmpType.Member;
import org.kdive.qmp.QmpType.Scalar;
import org.kdive.qmp.QmpType.Struct;

/**
 * What one QEMU's QMP can do, by its answer to query-qmp-schema: a command can be completed and judged before it is sent.
 * Immutable. QEMU qapi/introspect.json.
 */
public final class QmpSchema {
    private static final Struct NOTHING = new Struct(List.of(), "", Map.of());

    /**
     * One command.
     *
     * @param open whether it takes arguments that the schema does not name: a device's own properties
     */
    public record Command(String name, Struct arguments, boolean open, boolean deprecated, boolean unstable) {}

    private final Map<String, QmpValue> entries = new LinkedHashMap<>();
    private final Map<String, Command> commands = new TreeMap<>();
    private final List<String> events = new ArrayList<>();

    private QmpSchema() {}

    /** Reads what query-qmp-schema gave. */
    public static QmpSchema read(QmpValue reply) {
        QmpSchema schema = new QmpSchema();
        reply.list().forEach(entry -> schema.entries.put(entry.text("name"), entry));
        for (QmpValue entry : reply.list()) {
            String kind = entry.text("meta-type");
            if (kind.equals("command")) {
                Command command = schema.command(entry);
                schema.commands.put(command.name(), command);
            } else if (kind.equals("event")) {
                schema.events.add(entry.text("name"));
            }
        }
        schema.events.sort(null);
        return schema;
    }

    private Command command(QmpValue entry) {
        String name = entry.text("name");
        boolean open = name.equals("device_add"); // qapi/qdev.json: 'gen': false, which the schema does not tell
        Struct arguments = type(entry.text("arg-type")) instanceof Struct struct ? struct : NOTHING;
        return new Command(name, arguments, open, hasFeature(entry, "deprecated"), hasFeature(entry, "unstable"));
    }

    private static boolean hasFeature(QmpValue entry, String feature) {
        return entry.find("features").map(QmpValue::list).orElse(List.of()).stream()
                .anyMatch(
                        one -> one instanceof QmpValue.Text text && text.text().equals(feature));
    }

    /** In the order of the alphabet. */
    public List<String> commandNames() {
        return List.copyOf(commands.keySet());
    }

    /** In the order of the alphabet. */
    public List<String> eventNames() {
        return List.copyOf(events);
    }

    public Optional<Command> findCommand(String name) {
        return Optional.ofNullable(commands.get(name));
    }

    /** A type by the schema's name for it; one that is not there, or not known here, takes any value. */
    public QmpType type(String name) {
        QmpValue entry = entries.get(name);
        if (entry == null) {
            return Scalar.VALUE;
        }
        return switch (entry.text("meta-type")) {
            case "builtin" -> Scalar.of(entry.text("json-type"));
            case "enum" -> new Choice(texts(entry.list("values")));
            case "array" -> new ListOf(entry.text("element-type"));
            case "object" -> struct(entry);
            case "alternate" ->
                new AnyOf(entry.list("members").stream()
                        .map(member -> member.text("type"))
                        .toList());
            default -> Scalar.VALUE;
        };
    }

    private static List<String> texts(List<QmpValue> values) {
        return values.stream().map(QmpValue::text).toList();
    }

    private static Struct struct(QmpValue entry) {
        List<Member> members = entry.list("members").stream()
                .map(one -> new Member(
                        one.text("name"),
                        one.text("type"),
                        !one.map().containsKey("default"), // null where there is one that is not told
                        hasFeature(one, "deprecated")))
                .toList();
        Map<String, String> variants = new LinkedHashMap<>();
        entry.find("variants")
                .map(QmpValue::list)
                .orElse(List.of())
                .forEach(variant -> variants.put(variant.text("case"), variant.text("type")));
        return new Struct(members, entry.find("tag").map(QmpValue::text).orElse(""), variants);
    }

    /** The members that an object of this type may have, its variant's among them when the value tells which. */
    public List<Member> members(Struct struct, QmpValue value) {
        if (struct.tag().isEmpty() || !(value instanceof QmpValue.Members object)) {
            return struct.members();
        }
        QmpValue tag = object.map().getOrDefault(struct.tag(), new QmpValue.Null());
        String variant = tag instanceof QmpValue.Text text ? struct.variants().getOrDefault(text.text(), "") : "";
        if (!(type(variant) instanceof Struct more)) {
            return struct.members();
        }
        List<Member> all = new ArrayList<>(struct.members());
        all.addAll(members(more, value));
        return all;
    }

    /** The first thing that is wrong with a command; empty if QEMU's schema has nothing against it. */
    public Optional<QmpMistake> check(String name, QmpValue arguments) {
        Optional<Command> command = findCommand(name);
        if (command.isEmpty()) {
            return Optional.of(new QmpMistake.NoCommand(name));
        }
        return object(command.get().arguments(), command.get().open(), "", arguments);
    }

    private Optional<QmpMistake> object(Struct struct, boolean open, String path, QmpValue value) {
        List<Member> members = members(struct, value);
        for (Map.Entry<String, QmpValue> given : value.map().entrySet()) {
            String place = path + given.getKey();
            Optional<Member> member = find(members, given.getKey());
            Optional<QmpMistake> mistake = member.isPresent()
                    ? value(type(member.get().type()), place, given.getValue())
                    : Optional.of(new QmpMistake.Unknown(
                            place, members.stream().map(Member::name).toList()));
            if (mistake.isPresent() && (member.isPresent() || !open)) {
                return mistake;
            }
        }
        return members.stream()
                .filter(member -> member.required() && !value.map().containsKey(member.name()))
                .findFirst()
                .map(member -> new QmpMistake.Missing(path + member.name(), type(member.type())));
    }

    /** The member of this name. */
    public static Optional<Member> find(List<Member> members, String name) {
        return members.stream().filter(member -> member.name().equals(name)).findFirst();
    }

    private Optional<QmpMistake> value(QmpType type, String path, QmpValue value) {
        if (!type.admits(this, value)) {
            return Optional.of(new QmpMistake.Wrong(path, type, value));
        }
        if (type instanceof Struct struct) {
            return object(struct, false, path + ".", value);
        }
        if (type instanceof ListOf list) {
            return items(type(list.element()), path, value.list());
        }
        if (type instanceof AnyOf any) {
            return any.types().stream()
                    .map(this::type)
                    .filter(one -> one.admits(this, value))
                    .findFirst()
                    .flatMap(one -> value(one, path, value));
        }
        return Optional.empty();
    }

    private Optional<QmpMistake> items(QmpType element, String path, List<QmpValue> values) {
        for (int i = 0; i < values.size(); i++) {
            Optional<QmpMistake> mistake = value(element, path + "." + i, values.get(i));
            if (mistake.isPresent()) {
                return mistake;
            }
        }
        return Optional.empty();
    }
}
