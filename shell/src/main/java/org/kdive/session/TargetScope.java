package org.kdive.session;

import java.math.BigInteger;
import java.util.Map;
import java.util.Optional;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;

/** Names in expressions, as a stopped thread of the target sees them. Session thread. */
final class TargetScope implements Scope {
    private final Target target;
    private final ThreadId thread;
    private final Map<String, Value> convenience;

    TargetScope(Target target, ThreadId thread, Map<String, Value> convenience) {
        this.target = target;
        this.thread = thread;
        this.convenience = convenience;
    }

    @Override
    public Optional<Value> dollar(String name) {
        RegisterFile registers = target.registers(thread);
        if (name.equals("pc")) {
            return Optional.of(Value.unsigned(registers.pc(), 8));
        }
        Optional<Value> register = registers.value(name).map(bits -> registerValue(registers, name, bits));
        return register.isPresent() ? register : Optional.ofNullable(convenience.get(name));
    }

    private static Value registerValue(RegisterFile registers, String name, BigInteger bits) {
        int width = registers.find(name).map(register -> register.sizeBytes()).orElse(8);
        return Value.unsigned(bits.longValue(), Math.min(8, Integer.highestOneBit(Math.max(1, width))));
    }

    @Override
    public void assign(String name, Value value) {
        RegisterFile registers = target.registers(thread);
        if (registers.find(name).isPresent()) {
            registers.write(name, new BigInteger(Long.toUnsignedString(value.bits())));
            target.invalidate();
        } else {
            convenience.put(name, value);
        }
    }

    @Override
    public Value symbol(String name) {
        Program program = target.requireProgram();
        Symbol symbol = program.findSymbol(name).orElseThrow(() -> Locations.noSymbol(name, program.symbols()));
        return Value.addressOf(symbol.name(), symbol.address());
    }

    @Override
    public long readInteger(long address, int lengthBytes) {
        byte[] bytes = target.memory(thread).read(address, lengthBytes);
        long value = 0;
        boolean little = target.architecture().byteOrder() == java.nio.ByteOrder.LITTLE_ENDIAN;
        for (int i = 0; i < lengthBytes; i++) {
            value = value << 8 | bytes[little ? lengthBytes - 1 - i : i] & 0xff;
        }
        return value;
    }
}
