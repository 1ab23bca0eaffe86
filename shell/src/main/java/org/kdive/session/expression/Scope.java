package org.kdive.session.expression;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Architecture;
import org.kdive.images.Memory;
import org.kdive.images.symbols.Symbol;

/** What the names in an expression mean just now, and what it can read and write. */
public interface Scope {
    Types types();

    Architecture architecture();

    /** At run-time addresses; what the current thread sees. */
    Memory memory();

    void write(long address, byte[] bytes);

    /** A register of the current thread; empty if the target has none of that name. */
    Optional<Value> register(String name);

    /** Cut to the register's width. */
    void writeRegister(String name, BigInteger bits);

    /** A convenience variable, or a value of the history by its number; empty if it is not set. */
    Optional<Value> variable(String name);

    void define(String name, Value value);

    /** The number of the last value of the history; 0 if there is none. */
    int lastNumber();

    /** At its run-time address. Throws NoSymbol when no kernel is known at all. */
    Optional<Symbol> symbol(String name);

    /** The name of the symbol that begins at a run-time address. */
    Optional<String> symbolAt(long address);

    /** Names of symbols that are spelt nearly so. */
    List<String> closest(String name);

    /** The number of the current CPU, from 0. */
    int cpu();

    /** The low 64 bits of an unsigned integer in memory. Throws a MemoryFault. */
    default long readInteger(long address, int lengthBytes) {
        return Scalars.bits(memory().read(address, lengthBytes), architecture().byteOrder(), false);
    }
}
