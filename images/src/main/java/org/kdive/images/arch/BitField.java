package org.kdive.images.arch;

import java.util.Map;
import java.util.Optional;

/**
 * Some bits of a register that have a name.
 *
 * @param name as the manual spells it
 * @param lowBit the lowest bit's number, 0 for the least significant
 * @param meaning what it does, in a few words
 * @param values names of values, for a field that is an enumeration
 * @param inPlace whether the bits are those of a larger number at their own places, as in an address whose low bits are 0
 */
public record BitField(String name, int lowBit, int bits, String meaning, Map<Long, String> values, boolean inPlace) {
    public BitField {
        if (lowBit < 0 || bits < 1 || lowBit + bits > 64) {
            throw new IllegalArgumentException(name + ": bits " + lowBit + "+" + bits);
        }
        values = Map.copyOf(values);
    }

    BitField(String name, int lowBit, int bits, String meaning, Map<Long, String> values) {
        this(name, lowBit, bits, meaning, values, false);
    }

    static BitField address(String name, int lowBit, int bits, String meaning) {
        return new BitField(name, lowBit, bits, meaning, Map.of(), true);
    }

    static BitField bit(String name, int lowBit, String meaning) {
        return new BitField(name, lowBit, 1, meaning, Map.of());
    }

    static BitField field(String name, int lowBit, int bits, String meaning) {
        return new BitField(name, lowBit, bits, meaning, Map.of());
    }

    public long of(long register) {
        long value = register >>> lowBit & (bits == 64 ? -1 : (1L << bits) - 1);
        return inPlace ? value << lowBit : value;
    }

    public Optional<String> valueName(long register) {
        return Optional.ofNullable(values.get(of(register)));
    }

    /** The field as it stands in a list of set bits: {@code WP}, {@code IOPL=3}, {@code M=EL1h}; empty when it is 0. */
    Optional<String> shown(long register) {
        long value = of(register);
        if (!values.isEmpty()) {
            return Optional.of(name + "=" + valueName(register).orElse("0x" + Long.toHexString(value)));
        }
        if (value == 0) {
            return Optional.empty();
        }
        return Optional.of(bits == 1 ? name : name + "=0x" + Long.toHexString(value));
    }
}
