package org.kdive.images.btf;

import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;
import org.kdive.images.types.Type;
import org.kdive.images.types.TypeTable;
import org.kdive.images.types.Variable;

/** A kernel's types and those of its modules, which are asked for what the kernel does not have. */
public final class JoinedTypes implements TypeTable {
    private final Btf kernel;
    private final Supplier<List<Btf>> modules;

    /** @param modules split off the kernel's; asked for at each name that the kernel does not have */
    public JoinedTypes(Btf kernel, Supplier<List<Btf>> modules) {
        this.kernel = kernel;
        this.modules = modules;
    }

    private <T> Optional<T> first(Function<Btf, Optional<T>> question) {
        Optional<T> own = question.apply(kernel);
        return own.isPresent()
                ? own
                : modules.get().stream()
                        .flatMap(one -> question.apply(one).stream())
                        .findFirst();
    }

    @Override
    public Optional<Type> findType(String name) {
        return first(types -> types.findType(name));
    }

    @Override
    public Optional<org.kdive.images.types.Function> findFunction(String name) {
        return first(types -> types.findFunction(name));
    }

    @Override
    public Optional<Variable> findVariable(String name) {
        return first(types -> types.findVariable(name));
    }

    @Override
    public Optional<Enumerator> findEnumerator(String name) {
        return first(types -> types.findEnumerator(name));
    }

    @Override
    public Optional<EnumType> findEnumOf(String constant) {
        return first(types -> types.findEnumOf(constant));
    }

    @Override
    public List<String> typeNames(String prefix, int limit) {
        TreeSet<String> names = new TreeSet<>(kernel.typeNames(prefix, limit));
        modules.get().forEach(one -> one.collectOwnNames(prefix, names));
        return names.stream().limit(limit).toList();
    }

    @Override
    public List<String> enumeratorNames(String prefix, int limit) {
        return kernel.enumeratorNames(prefix, limit);
    }

    @Override
    public String source() {
        return kernel.source();
    }
}
