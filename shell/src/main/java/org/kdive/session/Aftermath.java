package org.kdive.session;

import java.util.List;

/**
 * What the breakpoints that stopped the guest want done after the stop.
 *
 * @param silent whether the stop is not to be told
 * @param commands lines of the command language, in order
 */
public record Aftermath(boolean silent, List<String> commands) {
    static final Aftermath NONE = new Aftermath(false, List.of());
    private static final String SILENT = "silent";

    public Aftermath {
        commands = List.copyOf(commands);
    }

    /** As gdb: a stop is told unless every breakpoint that was hit has silent as its first command. */
    static Aftermath of(List<Breakpoint> hit) {
        boolean silent = !hit.isEmpty() && hit.stream().allMatch(Aftermath::isSilent);
        return new Aftermath(
                silent,
                hit.stream()
                        .flatMap(breakpoint -> breakpoint.commands().stream().skip(isSilent(breakpoint) ? 1 : 0))
                        .toList());
    }

    private static boolean isSilent(Breakpoint breakpoint) {
        return !breakpoint.commands().isEmpty()
                && breakpoint.commands().get(0).strip().equals(SILENT);
    }
}
