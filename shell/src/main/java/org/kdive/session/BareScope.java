package org.kdive.session;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.kdive.images.Architecture;
import org.kdive.images.Memory;
import org.kdive.images.symbols.Symbol;
import org.kdive.session.expression.Types;
import org.kdive.session.expression.Value;

/** What names mean while there is no target: numbers and convenience variables, with a 64-bit machine's C. Session thread. */
final class BareScope implements ConvenienceScope {
    private static final Architecture ARCHITECTURE = Architecture.X86_64;

    // what is surely meant as a register; any other name is a variable
    private static final Pattern REGISTER = Pattern.compile(
            "pc|sp|fp|lr|ra|ps|cpsr|eflags|[re]?[abcd]x|[re]?[sd]i|[re]?[sbi]p|[rxw]\\d+|cr\\d|[cdefgs]s");

    private final Types types = new Types(ARCHITECTURE, Optional::empty);
    private final Convenience convenience;

    BareScope(Convenience convenience) {
        this.convenience = convenience;
    }

    @Override
    public Types types() {
        return types;
    }

    @Override
    public Architecture architecture() {
        return ARCHITECTURE;
    }

    @Override
    public Memory memory() {
        throw RunState.noTarget();
    }

    @Override
    public void write(long address, byte[] bytes) {
        throw RunState.noTarget();
    }

    @Override
    public Optional<Value> register(String name) {
        if (REGISTER.matcher(name).matches()) {
            throw RunState.noTarget();
        }
        return Optional.empty();
    }

    @Override
    public void writeRegister(String name, BigInteger bits) {
        throw RunState.noTarget();
    }

    @Override
    public Convenience convenience() {
        return convenience;
    }

    @Override
    public Optional<Symbol> symbol(String name) {
        throw RunState.noTarget();
    }

    @Override
    public Optional<String> symbolAt(long address) {
        return Optional.empty();
    }

    @Override
    public List<String> closest(String name) {
        return List.of();
    }

    @Override
    public int cpu() {
        return 0;
    }
}
