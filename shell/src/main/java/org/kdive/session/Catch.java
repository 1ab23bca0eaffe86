package org.kdive.session;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.kdive.images.Architecture;

/** An event of the kernel that breakpoints on its functions catch. {@link Catches} has all there are. Session thread. */
public interface Catch {
    /** What stood after {@code catch}. */
    String words();

    /** Where it is caught: of each group the first function that this kernel has. */
    List<List<String>> functions(Architecture architecture);

    /** What happened, in one line, at one of the places; empty if it is not what is wanted. */
    Optional<String> tell(Caught here);

    /** Places besides the functions that became known at a stop. */
    default Set<Long> learned() {
        return Set.of();
    }

    /** The kernel moved, or another one is booted. */
    default void forget() {}

    /**
     * @param words what stood after {@code catch}
     * @param groups of functions, by architecture
     * @param teller what happened there
     */
    record AtFunctions(
            String words,
            java.util.function.Function<Architecture, List<List<String>>> groups,
            java.util.function.Function<Caught, Optional<String>> teller)
            implements Catch {
        @Override
        public List<List<String>> functions(Architecture architecture) {
            return groups.apply(architecture);
        }

        @Override
        public Optional<String> tell(Caught here) {
            return teller.apply(here);
        }
    }
}
