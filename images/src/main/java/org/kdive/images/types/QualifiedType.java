package org.kdive.images.types;

/**
 * A type with a qualifier.
 *
 * @param tag for {@link Qualifier#TAG} the kernel's annotation, such as {@code user} or {@code rcu}; else empty
 */
public record QualifiedType(Qualifier qualifier, String tag, TypeRef target) implements Type {
    /** C's three, and clang's {@code btf_type_tag}, which C code does not see. */
    public enum Qualifier {
        CONST("const"),
        VOLATILE("volatile"),
        RESTRICT("restrict"),
        TAG("");

        private final String word;

        Qualifier(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    @Override
    public long sizeBytes() {
        return strip().sizeBytes();
    }
}
