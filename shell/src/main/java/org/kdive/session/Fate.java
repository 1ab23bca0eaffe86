package org.kdive.session;

/**
 * What becomes of a breakpoint that stopped the guest: gdb's disposition.
 *
 * @param left stops until it is disabled, for DISABLE
 */
public record Fate(Kind kind, int left) {
    public enum Kind {
        KEEP,
        DELETE,
        DISABLE
    }

    public static final Fate KEEP = new Fate(Kind.KEEP, 0);
    public static final Fate DELETE = new Fate(Kind.DELETE, 0);

    public static Fate disableAfter(int stops) {
        return new Fate(Kind.DISABLE, stops);
    }

    /** gdb's word for it in {@code info breakpoints}. */
    public String word() {
        return switch (kind) {
            case KEEP -> "keep";
            case DELETE -> "del";
            case DISABLE -> "dis";
        };
    }

    Fate afterStop() {
        return kind == Kind.DISABLE ? disableAfter(Math.max(0, left - 1)) : this;
    }
}
