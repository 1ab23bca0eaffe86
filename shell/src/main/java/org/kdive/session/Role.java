package org.kdive.session;

import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.images.types.Type;
import org.kdive.session.expression.Value;
import org.kdive.session.printing.Printf;

/** What a breakpoint is for: what happens when it is hit. */
public sealed interface Role {
    /** It stops the guest. */
    record Stops() implements Role {}

    /** It prints, and the guest goes on. */
    record Prints(String text, Printf printf) implements Role {
        /** @param text a format in double quotes, and expressions with commas before them. Throws Usage. */
        public static Prints of(String text) {
            return new Prints(text, Printf.parse(text));
        }
    }

    /** It stops the guest when the kernel does something. */
    record Catches(Catch event) implements Role {}

    /** It is counted, and the guest goes on. */
    record Counts() implements Role {}

    /**
     * It stops the guest when memory is accessed.
     *
     * @param type of what is there; null: the expression is evaluated anew each time
     * @param sized whether the length was given, and is not the type's own
     * @param placed whether it was given with -location: shown so, and where it is is worked out once in any case
     * @param seen what the memory held when it was last looked at; null when it could not be read
     */
    record Watches(
            @Nullable Type type,
            boolean sized,
            boolean placed,
            @Nullable Value seen) implements Role {
        /** Before it is known what is watched. */
        public static Watches wanted(boolean placed) {
            return new Watches(null, false, placed, null);
        }

        public Optional<Value> findSeen() {
            return Optional.ofNullable(seen);
        }

        Watches withSeen(@Nullable Value value) {
            return new Watches(type, sized, placed, value);
        }
    }
}
