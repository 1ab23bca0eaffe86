package org.kdive.gdbrsp;

import java.math.BigInteger;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The registers of one thread at one stop, as {@code g} gave them. Immutable. */
public final class Registers {
    private final TargetDescription description;
    private final Map<String, byte[]> bytes;

    private Registers(TargetDescription description, Map<String, byte[]> bytes) {
        this.description = description;
        this.bytes = bytes;
    }

    /** Cuts a {@code g} reply by the description; what lies beyond its end, or is {@code xx}, is not here. */
    static Registers cut(TargetDescription description, String hex) {
        Map<String, byte[]> bytes = new LinkedHashMap<>();
        int at = 0;
        for (Register register : description.registers()) {
            int end = at + 2 * register.sizeBytes();
            if (end > hex.length()) {
                break; // QEMU sends the core set only; the rest is asked for by number
            }
            String own = hex.substring(at, end);
            if (own.indexOf('x') < 0) {
                bytes.put(register.name(), org.kdive.gdbrsp.wire.Hex.bytes(own));
            }
            at = end;
        }
        return new Registers(description, bytes);
    }

    public TargetDescription description() {
        return description;
    }

    /** Those that have a value here. */
    public List<Register> present() {
        return description.registers().stream()
                .filter(register -> bytes.containsKey(register.name()))
                .toList();
    }

    /** In target order; empty when {@code g} does not carry it: ask {@link RspClient#readRegister}. */
    public Optional<byte[]> findBytes(String name) {
        return Optional.ofNullable(bytes.get(name)).map(own -> own.clone());
    }

    /** Unsigned, of any width. */
    public Optional<BigInteger> find(String name) {
        return findBytes(name).map(own -> unsigned(own, description.byteOrder()));
    }

    /** Zero-extended; empty when absent or wider than 64 bits. */
    public OptionalLong findLong(String name) {
        byte[] own = bytes.get(name);
        return own == null || own.length > Long.BYTES
                ? OptionalLong.empty()
                : OptionalLong.of(unsigned(own, description.byteOrder()).longValue());
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
                && bytes.keySet().equals(that.bytes.keySet())
                && bytes.entrySet().stream().allMatch(e -> Arrays.equals(e.getValue(), that.bytes.get(e.getKey())));
    }

    @Override
    public int hashCode() {
        return bytes.keySet().hashCode();
    }
}
