package org.kdive.images.types;

import java.util.List;
import java.util.Optional;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/** The types of one program by name. */
public interface TypeTable {
    /** {@code struct page}, {@code union thread_union}, {@code enum pid_type}, {@code pid_t}, {@code unsigned long}. */
    Optional<Type> findType(String name);

    /** As {@link #findType}, or an {@link ImageFailure.Missing} that names it. */
    default Type requireType(String name) {
        return findType(name)
                .orElseThrow(() -> new ImageException(new ImageFailure.Missing(source(), "no type called " + name)));
    }

    /** As {@link #findType}; also a struct, union or enum by its tag alone, and a function by its name: its prototype. */
    default Optional<Type> findByAnyName(String name) {
        return findType(name)
                .or(() -> findType("struct " + name))
                .or(() -> findType("union " + name))
                .or(() -> findType("enum " + name))
                .or(() -> findFunction(name).map(Function::type));
    }

    /** {@code requireStruct("task_struct")}: a struct or union by its tag, or by a typedef. */
    default StructType requireStruct(String tag) {
        return findType("struct " + tag)
                .or(() -> findType("union " + tag))
                .or(() -> findType(tag))
                .map(Type::strip)
                .filter(StructType.class::isInstance)
                .map(StructType.class::cast)
                .orElseThrow(() -> new ImageException(new ImageFailure.Missing(source(), "no struct called " + tag)));
    }

    Optional<Function> findFunction(String name);

    Optional<Variable> findVariable(String name);

    /** The value of an enum's constant, of whichever enum has it. */
    Optional<Enumerator> findEnumerator(String name);

    /** The enum that has a constant of this name, the first if several have. */
    Optional<EnumType> findEnumOf(String constant);

    /** Names that {@link #findType} takes and that begin so, sorted, at most {@code limit}. */
    List<String> typeNames(String prefix, int limit);

    /** Constants of enums that begin so, sorted, at most {@code limit}; those of modules may be left out. */
    List<String> enumeratorNames(String prefix, int limit);

    /** Where the types came from, for messages. */
    String source();
}
