package org.kdive.gdbrsp;

import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A target's architecture and registers. Immutable. */
public final class TargetDescription {
    private final String architecture;
    private final ByteOrder byteOrder;
    private final List<Register> registers;
    private final Map<String, Register> byName = new LinkedHashMap<>();
    private final Map<String, Place> places = new HashMap<>();

    /**
     * Of registers with one name or one number the first counts.
     *
     * @param architecture as BFD names it, such as {@code i386:x86-64}; empty when not known
     */
    public TargetDescription(String architecture, ByteOrder byteOrder, List<Register> registers) {
        this.architecture = architecture;
        this.byteOrder = byteOrder;
        Map<Integer, Register> byNumber = new LinkedHashMap<>();
        for (Register register : registers) {
            if (!byName.containsKey(register.name()) && !byNumber.containsKey(register.number())) {
                byName.put(register.name(), register);
                byNumber.put(register.number(), register);
            }
        }
        List<Register> sorted = new ArrayList<>(byNumber.values());
        sorted.sort(Comparator.comparingInt(Register::number));
        this.registers = List.copyOf(sorted);
        int at = 0;
        for (int i = 0; i < this.registers.size(); i++) {
            places.put(this.registers.get(i).name(), new Place(this.registers.get(i), i, at));
            at += this.registers.get(i).sizeBytes();
        }
    }

    /** Of a stub that tells nothing. */
    static TargetDescription unknown() {
        return new TargetDescription("", ByteOrder.LITTLE_ENDIAN, List.of());
    }

    /** The order of bytes in the registers of an architecture; the description itself never tells. */
    static ByteOrder byteOrderOf(String architecture) {
        return architecture.startsWith("powerpc:common")
                        || architecture.startsWith("s390")
                        || architecture.startsWith("m68k")
                        || architecture.startsWith("sparc")
                        || architecture.startsWith("hppa")
                ? ByteOrder.BIG_ENDIAN
                : ByteOrder.LITTLE_ENDIAN;
    }

    public String architecture() {
        return architecture;
    }

    public ByteOrder byteOrder() {
        return byteOrder;
    }

    /** By number, which is the order of {@code g}. */
    public List<Register> registers() {
        return registers;
    }

    /** Where a register lies: its index in {@link #registers} and its offset in {@code g}. */
    record Place(Register register, int index, int offsetBytes) {}

    /** Null for a name that is not here. */
    @Nullable
    Place place(String name) {
        return places.get(name);
    }

    public Optional<Register> findRegister(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    @Override
    public String toString() {
        return architecture + " with " + registers.size() + " registers";
    }
}
