package org.kdive.session;

import java.util.List;
import java.util.Optional;

/**
 * One breakpoint, watchpoint or catchpoint of the user's; immutable, {@link Breakpoints} holds the current one.
 *
 * @param number gdb's number, from 1
 * @param sites where it is; empty while the symbol's address is not known yet
 * @param hits so far, the ignored ones included
 * @param ignores hits still to be ignored
 * @param commands run after each stop
 */
public record Breakpoint(
        int number,
        BreakpointSpec spec,
        boolean enabled,
        List<Site> sites,
        int hits,
        int ignores,
        List<String> commands) {

    public Breakpoint {
        sites = List.copyOf(sites);
        commands = List.copyOf(commands);
    }

    static Breakpoint of(int number, BreakpointSpec spec, List<Long> addresses) {
        return new Breakpoint(number, spec, true, List.of(), 0, 0, List.of()).withAddresses(addresses);
    }

    public String location() {
        return spec.location();
    }

    public Optional<String> findCondition() {
        return spec.findCondition();
    }

    public boolean temporary() {
        return spec.fate().kind() == Fate.Kind.DELETE;
    }

    public boolean isWatchpoint() {
        return spec.isWatchpoint();
    }

    /** True while no address is known. */
    public boolean isPending() {
        return sites.isEmpty();
    }

    /** Run-time virtual, those of disabled places too. */
    public List<Long> addresses() {
        return sites.stream().map(Site::address).toList();
    }

    /** Those that are to stop the guest. */
    List<Long> armed() {
        return enabled ? sites.stream().filter(Site::enabled).map(Site::address).toList() : List.of();
    }

    /** Places that stay keep what was said of them. */
    Breakpoint withAddresses(List<Long> known) {
        List<Site> now = known.stream()
                .distinct()
                .map(address -> sites.stream()
                        .filter(site -> site.address() == address)
                        .findFirst()
                        .orElse(new Site(address, true)))
                .toList();
        return new Breakpoint(number, spec, enabled, now, hits, ignores, commands);
    }

    /** @param index from 0 */
    Breakpoint withSiteEnabled(int index, boolean value) {
        List<Site> changed = new java.util.ArrayList<>(sites);
        changed.set(index, new Site(sites.get(index).address(), value));
        return new Breakpoint(number, spec, enabled, changed, hits, ignores, commands);
    }

    Breakpoint withSpec(BreakpointSpec value) {
        return new Breakpoint(number, value, enabled, sites, hits, ignores, commands);
    }

    Breakpoint withEnabled(boolean value) {
        return new Breakpoint(number, spec, value, sites, hits, ignores, commands);
    }

    Breakpoint withIgnores(int value) {
        return new Breakpoint(number, spec, enabled, sites, hits, value, commands);
    }

    Breakpoint withCommands(List<String> lines) {
        return new Breakpoint(number, spec, enabled, sites, hits, ignores, lines);
    }

    Breakpoint hit() {
        return new Breakpoint(number, spec, enabled, sites, hits + 1, Math.max(0, ignores - 1), commands);
    }
}
