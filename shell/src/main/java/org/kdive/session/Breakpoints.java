package org.kdive.session;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;

/** The user's breakpoints, and what of them stands planted in the stub. Session thread. */
public final class Breakpoints {
    private final Map<Integer, Breakpoint> byNumber = new TreeMap<>();
    private final Set<Stoppoint> planted = new LinkedHashSet<>();
    private final Map<Long, List<Integer>> numbersAt = new HashMap<>(); // of the enabled; empty: to be made anew
    private @Nullable List<Stoppoint> plantedBesides; // null: what is planted may not be what is wanted
    private int lastNumber;

    Breakpoints() {}

    /** In the order of their numbers. */
    public Collection<Breakpoint> all() {
        return List.copyOf(byNumber.values());
    }

    public Optional<Breakpoint> find(int number) {
        return Optional.ofNullable(byNumber.get(number));
    }

    /** Throws Usage when there is none of that number. */
    public Breakpoint require(int number) {
        return find(number)
                .orElseThrow(() -> new SessionException(
                        "no breakpoint number " + number, new SessionFailure.Usage("info breakpoints")));
    }

    Breakpoint add(
            Stoppoint.Kind kind,
            String location,
            @Nullable String condition,
            boolean temporary,
            List<Long> addresses,
            long lengthBytes) {
        Breakpoint added =
                new Breakpoint(++lastNumber, kind, location, condition, temporary, true, addresses, lengthBytes, 0, 0);
        byNumber.put(added.number(), added);
        changed();
        return added;
    }

    public void delete(int number) {
        require(number);
        byNumber.remove(number);
        changed();
    }

    public void deleteAll() {
        byNumber.clear();
        changed();
    }

    public void enable(int number, boolean value) {
        update(number, breakpoint -> breakpoint.withEnabled(value));
    }

    public void condition(int number, @Nullable String expression) {
        update(number, breakpoint -> breakpoint.withCondition(expression));
    }

    public void ignore(int number, int hits) {
        update(number, breakpoint -> breakpoint.withIgnores(hits));
    }

    void update(int number, UnaryOperator<Breakpoint> change) {
        byNumber.put(number, change.apply(require(number)));
        changed();
    }

    /** Counts a hit, which moves nothing. */
    void hit(Breakpoint breakpoint) {
        byNumber.put(breakpoint.number(), breakpoint.hit());
    }

    private void changed() {
        numbersAt.clear();
        plantedBesides = null;
    }

    /** Enabled breakpoints, watchpoints not among them, with an address at {@code pc}. */
    List<Breakpoint> at(long pc) {
        if (numbersAt.isEmpty()) {
            byNumber.values().stream()
                    .filter(b -> b.enabled() && !b.isWatchpoint())
                    .forEach(b -> b.addresses().stream()
                            .distinct()
                            .forEach(address -> numbersAt
                                    .computeIfAbsent(address, a -> new ArrayList<>())
                                    .add(b.number())));
        }
        return numbersAt.getOrDefault(pc, List.of()).stream().map(this::require).toList();
    }

    /** The watchpoint that the stub means when it reports an access in the range that begins at {@code address}. */
    Optional<Breakpoint> watching(long address) {
        return byNumber.values().stream()
                .filter(b -> b.enabled() && b.isWatchpoint() && covers(b, address))
                .findFirst();
    }

    private static boolean covers(Breakpoint watchpoint, long address) {
        return watchpoint.addresses().stream()
                .anyMatch(start -> Long.compareUnsigned(address - start, watchpoint.lengthBytes()) < 0);
    }

    /** What should stand in the stub while the guest runs. Several breakpoints at one address are one stoppoint. */
    private Set<Stoppoint> wanted(Collection<Stoppoint> besides) {
        Set<Stoppoint> wanted = new LinkedHashSet<>(besides);
        for (Breakpoint breakpoint : byNumber.values()) {
            if (breakpoint.enabled()) {
                for (long address : breakpoint.addresses()) {
                    wanted.add(new Stoppoint(breakpoint.kind(), address, breakpoint.lengthBytes()));
                }
            }
        }
        return wanted;
    }

    /** What to remove and insert to get from what is planted to what is wanted now, {@code besides} added. */
    Change change(Collection<Stoppoint> besides) {
        Set<Stoppoint> wanted = wanted(besides);
        List<Stoppoint> remove = new ArrayList<>(planted);
        remove.removeAll(wanted);
        List<Stoppoint> insert = new ArrayList<>(wanted);
        insert.removeAll(planted);
        return new Change(remove, insert);
    }

    /** The difference between the stub's table and ours. */
    record Change(List<Stoppoint> remove, List<Stoppoint> insert) {}

    void planted(Stoppoint stoppoint) {
        plantedBesides = null;
        planted.add(stoppoint);
    }

    void unplanted(Stoppoint stoppoint) {
        plantedBesides = null;
        planted.remove(stoppoint);
    }

    /** Stoppoints of the stub's that stop the guest at the address, watchpoints not among them. */
    List<Stoppoint> plantedAt(long pc) {
        return Stream.of(Stoppoint.software(pc), Stoppoint.hardware(pc))
                .filter(planted::contains)
                .toList();
    }

    boolean isPlantedAt(long pc) {
        return !plantedAt(pc).isEmpty();
    }

    /** Whether nothing has changed since all that was wanted, these besides, was planted. */
    boolean isAllPlanted(List<Stoppoint> besides) {
        return besides.equals(plantedBesides);
    }

    void allPlanted(List<Stoppoint> besides) {
        plantedBesides = List.copyOf(besides);
    }

    Set<Stoppoint> planted() {
        return new HashSet<>(planted);
    }

    /** The stub is another one, or forgot everything. */
    void forgetPlanted() {
        plantedBesides = null;
        planted.clear();
    }

    /** Symbols moved or are unknown again: each location is looked up anew. */
    void resolveAgain(Resolver resolver) {
        for (Breakpoint breakpoint : new LinkedHashMap<>(byNumber).values()) {
            List<Long> addresses = resolver.resolve(breakpoint.location());
            byNumber.put(breakpoint.number(), breakpoint.withAddresses(addresses));
        }
        changed();
    }

    /** From a location as typed to its run-time addresses; empty while they are not known. */
    @FunctionalInterface
    interface Resolver {
        List<Long> resolve(String location);
    }
}
