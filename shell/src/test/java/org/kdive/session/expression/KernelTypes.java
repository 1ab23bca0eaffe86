package org.kdive.session.expression;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.Function;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.Member;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeRef;
import org.kdive.images.types.TypeTable;
import org.kdive.images.types.TypedefType;
import org.kdive.images.types.Variable;

/** The types of a kernel that a test makes up. */
public final class KernelTypes implements TypeTable {
    private final Map<String, Type> types = new TreeMap<>();
    private final Map<String, Function> functions = new HashMap<>();
    private final Map<String, Variable> variables = new HashMap<>();

    /** Whatever has this name when it is asked for: structs point to each other. */
    public TypeRef named(String name) {
        return () -> Objects.requireNonNull(types.get(name), name);
    }

    public KernelTypes type(String name, Type type) {
        types.put(name, type);
        return this;
    }

    public KernelTypes typedef(String name, Type target) {
        return type(name, new TypedefType(name, TypeRef.to(target)));
    }

    public KernelTypes function(String name, FunctionType type) {
        functions.put(name, new Function(name, type));
        return this;
    }

    public KernelTypes perCpu(String name, Type type, long offset) {
        variables.put(name, new Variable(name, TypeRef.to(type), ".data..percpu", offset));
        return this;
    }

    static Member member(String name, TypeRef type, long byteOffset) {
        return new Member(name, type, 8 * byteOffset, 0);
    }

    static Member bits(String name, Type type, long bitOffset, int bitSize) {
        return new Member(name, TypeRef.to(type), bitOffset, bitSize);
    }

    @Override
    public Optional<Type> findType(String name) {
        return Optional.ofNullable(types.get(name));
    }

    @Override
    public Optional<Function> findFunction(String name) {
        return Optional.ofNullable(functions.get(name));
    }

    @Override
    public Optional<Variable> findVariable(String name) {
        return Optional.ofNullable(variables.get(name));
    }

    @Override
    public Optional<Enumerator> findEnumerator(String name) {
        return findEnumOf(name).flatMap(type -> type.findByName(name));
    }

    @Override
    public Optional<EnumType> findEnumOf(String constant) {
        return types.values().stream()
                .filter(EnumType.class::isInstance)
                .map(EnumType.class::cast)
                .filter(type -> type.findByName(constant).isPresent())
                .findFirst();
    }

    @Override
    public List<String> typeNames(String prefix, int limit) {
        List<String> names = new ArrayList<>(types.keySet());
        return names.stream()
                .filter(name -> name.startsWith(prefix))
                .limit(limit)
                .toList();
    }

    @Override
    public List<String> enumeratorNames(String prefix, int limit) {
        return List.of();
    }

    @Override
    public String source() {
        return "test";
    }
}
