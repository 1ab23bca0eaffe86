package org.kdive.qmp;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.qmp.QmpType.AnyOf;
import org.kdive.qmp.QmpType.ListOf;
import org.kdive.qmp.QmpType.Member;
import org.kdive.qmp.QmpType.Scalar;
import org.kdive.qmp.QmpType.Struct;

/**
 * Arguments as people type them, {@code format=elf} or {@code file.driver=file}, and what QEMU's schema makes of them: the
 * values in their types, and what could be typed next.
 */
public final class QmpTyped {
    // A key is a path into objects; one typed by hand has few steps, and building it recurses.
    private static final int DEEPEST = 32;

    private final QmpSchema schema;
    private final QmpSchema.Command command;

    public QmpTyped(QmpSchema schema, QmpSchema.Command command) {
        this.schema = schema;
        this.command = command;
    }

    /** The arguments as QEMU takes them. A value that does not fit its type stays text, for {@link QmpSchema#check} to find. */
    public QmpValue arguments(Map<String, String> typed) {
        Map<String, Object> tree = new LinkedHashMap<>();
        typed.forEach((key, value) -> plant(tree, key, value));
        return members(command.arguments(), tree);
    }

    private void plant(Map<String, Object> tree, String key, String value) {
        String[] steps = isOpen(key) ? new String[] {key} : key.split("\\.", DEEPEST);
        Map<String, Object> at = tree;
        for (int i = 0; i < steps.length - 1; i++) {
            Object next = at.computeIfAbsent(steps[i], step -> new LinkedHashMap<String, Object>());
            if (!(next instanceof Map<?, ?>)) {
                next = new LinkedHashMap<String, Object>();
                at.put(steps[i], next);
            }
            at = castTree(next);
        }
        at.put(steps[steps.length - 1], value);
    }

    /** A device's property may have a dot in its name and is no path. */
    private boolean isOpen(String key) {
        return command.open()
                && QmpSchema.find(command.arguments().members(), key.replaceAll("\\..*", ""))
                        .isEmpty();
    }

    @SuppressWarnings("unchecked") // plant puts texts and such maps there and nothing else
    private static Map<String, Object> castTree(Object node) {
        return (Map<String, Object>) node;
    }

    private QmpValue.Members members(Struct struct, Map<String, Object> tree) {
        List<Member> known = schema.members(struct, tag(struct, tree));
        Map<String, QmpValue> values = new LinkedHashMap<>();
        tree.forEach((name, node) -> values.put(
                name,
                value(
                        QmpSchema.find(known, name)
                                .map(member -> schema.type(member.type()))
                                .orElse(Scalar.VALUE),
                        node)));
        return new QmpValue.Members(values);
    }

    private static QmpValue tag(Struct struct, Map<String, Object> tree) {
        Map<String, QmpValue> tags = new LinkedHashMap<>();
        tree.forEach((name, node) -> {
            if (node instanceof String text) {
                tags.put(name, new QmpValue.Text(text));
            }
        });
        return struct.tag().isEmpty() ? QmpValue.empty() : new QmpValue.Members(tags);
    }

    private QmpValue value(QmpType type, Object node) {
        if (node instanceof String text) {
            return type.read(schema, text);
        }
        Map<String, Object> tree = castTree(node);
        Optional<Struct> struct = struct(type);
        if (struct.isPresent()) {
            return members(struct.get(), tree);
        }
        if (type instanceof ListOf list) {
            List<QmpValue> items = new ArrayList<>();
            tree.values().forEach(item -> items.add(value(schema.type(list.element()), item)));
            return new QmpValue.Items(items);
        }
        return members(new Struct(List.of(), "", Map.of()), tree);
    }

    private Optional<Struct> struct(QmpType type) {
        if (type instanceof Struct struct) {
            return Optional.of(struct);
        }
        return type instanceof AnyOf any
                ? any.types().stream()
                        .map(schema::type)
                        .filter(one -> one instanceof Struct)
                        .map(one -> (Struct) one)
                        .findFirst()
                : Optional.empty();
    }

    /**
     * Whole words that could stand where {@code word} is being typed: names with their equals sign, values behind it.
     *
     * @param typed what stands before it
     */
    public List<String> candidates(Map<String, String> typed, String word) {
        int equals = word.indexOf('=');
        String key = equals < 0 ? word : word.substring(0, equals);
        int dot = key.lastIndexOf('.');
        String before = key.substring(0, dot + 1);
        List<Member> members =
                membersAt(dot < 0 ? List.of() : List.of(key.substring(0, dot).split("\\.", -1)), typed);
        if (equals >= 0) {
            return QmpSchema.find(members, key.substring(dot + 1))
                    .map(member -> schema.type(member.type()).choices(schema).stream()
                            .map(choice -> key + "=" + choice)
                            .filter(candidate -> candidate.startsWith(word))
                            .toList())
                    .orElse(List.of());
        }
        return members.stream()
                .filter(member -> !typed.containsKey(before + member.name()))
                .map(member -> before + member.name() + (isPlain(member) ? "=" : "."))
                .filter(candidate -> candidate.startsWith(word))
                .toList();
    }

    private boolean isPlain(Member member) {
        return !(schema.type(member.type()) instanceof Struct);
    }

    private List<Member> membersAt(List<String> path, Map<String, String> typed) {
        QmpValue value = arguments(typed);
        Struct at = command.arguments();
        for (String step : path) {
            Optional<Struct> next = QmpSchema.find(schema.members(at, value), step)
                    .flatMap(member -> struct(schema.type(member.type())));
            if (next.isEmpty()) {
                return List.of();
            }
            at = next.get();
            value = value instanceof QmpValue.Members object
                    ? object.map().getOrDefault(step, QmpValue.empty())
                    : QmpValue.empty();
        }
        return schema.members(at, value);
    }
}
