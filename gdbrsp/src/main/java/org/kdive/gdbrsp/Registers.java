package org.kdive.gdbrsp;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.wire.Hex;

/** The registers of one thread at one stop, as {@code g} gave them. Immutable. */
public final class Registers {
    private final TargetDescription description;
    private final byte[] bytes; // as g has them, undecoded registers zero
    private final BitSet here; // by index in the description

    private Registers(TargetDescription description, byte[] bytes, BitSet here) {
        this.description = description;
        this.bytes = bytes;
        this.here = here;
    }

    /** Cuts a {@code g} reply by the description; what lies beyond its end, or is {@code xx}, is not here. */
    static Registers cut(TargetDescription description, byte[] hex) {
        byte[] bytes = new byte[hex.length / 2];
        BitSet here = new BitSet();
        int at = 0;
        int index = 0;
        for (Register register : description.registers()) {
            int size = register.sizeBytes();
            if (size > bytes.length - at) {
                break; // QEMU sends the core set only; the rest is asked for by number
            }
            if (!isUnknown(hex, 2 * at, 2 * size)) {
                Hex.decode(hex, 2 * at, size, bytes, at);
                here.set(index);
            }
            at += size;
            index++;
        }
        return new Registers(description, bytes, here);
    }

    private static boolean isUnknown(byte[] hex, int from, int count) {
        for (int i = from; i < from + count; i++) {
            if (hex[i] == 'x') {
                return true;
            }
        }
        return false;
    }

    /** As {@code G} wants it: the registers of {@code g} from the first on; empty if one of them has no value. */
    Optional<String> hex() {
        int count = here.cardinality();
        if (here.length() != count) {
            return Optional.empty();
        }
        int size = description.registers().subList(0, count).stream()
                .mapToInt(Register::sizeBytes)
                .sum();
        return Optional.of(Hex.text(bytes, 0, size));
    }

    /** The same with another value in one of them; Unsupported for one that is not here. */
    public Registers with(String name, BigInteger value) {
        TargetDescription.Place place = findHere(name);
        if (place == null) {
            throw new RspException("change register " + name, new RspFailure.Unsupported("register " + name));
        }
        int size = place.register().sizeBytes();
        byte[] changed = bytes.clone();
        System.arraycopy(targetOrder(value, size, description.byteOrder()), 0, changed, place.offsetBytes(), size);
        return new Registers(description, changed, here);
    }

    public TargetDescription description() {
        return description;
    }

    /** Those that have a value here. */
    public List<Register> present() {
        return here.stream().mapToObj(description.registers()::get).toList();
    }

    private TargetDescription.@Nullable Place findHere(String name) {
        TargetDescription.Place place = description.place(name);
        return place != null && here.get(place.index()) ? place : null;
    }

    /** In target order; empty when {@code g} does not carry it: ask {@link RspClient#readRegister}. */
    public Optional<byte[]> findBytes(String name) {
        TargetDescription.Place place = findHere(name);
        if (place == null) {
            return Optional.empty();
        }
        int at = place.offsetBytes();
        return Optional.of(Arrays.copyOfRange(bytes, at, at + place.register().sizeBytes()));
    }

    /** Unsigned, of any width. */
    public Optional<BigInteger> find(String name) {
        return findBytes(name).map(own -> unsigned(own, description.byteOrder()));
    }

    /** Zero-extended; empty when absent or wider than 64 bits. */
    public OptionalLong findLong(String name) {
        TargetDescription.Place place = findHere(name);
        if (place == null || place.register().sizeBytes() > Long.BYTES) {
            return OptionalLong.empty();
        }
        int at = place.offsetBytes();
        int size = place.register().sizeBytes();
        boolean little = description.byteOrder() == ByteOrder.LITTLE_ENDIAN;
        long value = 0;
        for (int i = 0; i < size; i++) {
            value = value << 8 | bytes[little ? at + size - 1 - i : at + i] & 0xff;
        }
        return OptionalLong.of(value);
    }

    /** Zero-extended; throws Unsupported when absent or wider than 64 bits. */
    public long requireLong(String name) {
        return findLong(name)
                .orElseThrow(() ->
                        new RspException("read register " + name, new RspFailure.Unsupported("register " + name)));
    }

    /** The number that a register's bytes mean. */
    public static BigInteger unsigned(byte[] targetOrder, ByteOrder order) {
        byte[] big = targetOrder.clone();
        if (order == ByteOrder.LITTLE_ENDIAN) {
            for (int i = 0; i < big.length / 2; i++) {
                byte swap = big[i];
                big[i] = big[big.length - 1 - i];
                big[big.length - 1 - i] = swap;
            }
        }
        return new BigInteger(1, big);
    }

    /** The bytes of a number, cut or zero-extended to a register's width. */
    public static byte[] targetOrder(BigInteger value, int sizeBytes, ByteOrder order) {
        byte[] out = new byte[sizeBytes];
        for (int i = 0; i < sizeBytes; i++) {
            byte own = value.shiftRight(8 * i).byteValue();
            out[order == ByteOrder.LITTLE_ENDIAN ? i : sizeBytes - 1 - i] = own;
        }
        return out;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Registers that
                && description.registers().equals(that.description.registers())
                && here.equals(that.here)
                && Arrays.equals(bytes, that.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }
}
