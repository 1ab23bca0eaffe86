package org.kdive.session;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.kdive.gdbrsp.Register;
import org.kdive.gdbrsp.Registers;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;

/** The registers of one thread at one stop, by the stub's names and by gdb's common ones: pc, sp, fp. Session thread. */
public final class RegisterFile {
    private final RspClient stub;
    private final ThreadId thread;
    private final Registers registers;
    private final Architecture architecture;

    RegisterFile(RspClient stub, ThreadId thread, Registers registers, Architecture architecture) {
        this.stub = stub;
        this.thread = thread;
        this.registers = registers;
        this.architecture = architecture;
    }

    /** All that the target description names, in its order. */
    public List<Register> all() {
        return registers.description().registers();
    }

    /** Those that cost nothing to show: the stub sent them with the stop. */
    public List<Register> present() {
        return registers.present();
    }

    public Optional<Register> find(String name) {
        return registers.description().findRegister(canonical(name));
    }

    /** Unsigned, of any width; empty for a name that the target does not have. Asks the stub if it has to. */
    public Optional<BigInteger> value(String name) {
        Optional<BigInteger> known = registers.find(canonical(name));
        return known.isPresent() ? known : find(name).flatMap(this::ask);
    }

    private Optional<BigInteger> ask(Register register) {
        try {
            CompletableFuture<byte[]> answer = stub.readRegister(thread, register);
            byte[] bytes = Waits.on(answer, "read register " + register.name());
            return Optional.of(Registers.unsigned(bytes, registers.description().byteOrder()));
        } catch (RspException e) {
            return Optional.empty(); // named in the description, and refused all the same: QEMU 7.2 does so
        }
    }

    /** The low 64 bits; empty for a name that the target does not have. */
    public OptionalLong number(String name) {
        OptionalLong here = registers.findLong(canonical(name));
        return here.isPresent()
                ? here
                : value(name).map(v -> OptionalLong.of(v.longValue())).orElse(OptionalLong.empty());
    }

    long require(String name) {
        return number(name).orElseThrow(() -> noSuch(name));
    }

    /** The run-time virtual address of the next instruction; in 16-bit mode the linear one. */
    public long pc() {
        return require("pc") + codeBase();
    }

    public long sp() {
        return require("sp");
    }

    // outside long mode QEMU's rip is an offset in CS; its breakpoints match the linear address
    private long codeBase() {
        if (architecture != Architecture.X86_64 && architecture != Architecture.X86_32) {
            return 0;
        }
        long cr0 = number("cr0").orElse(1);
        boolean realMode = (cr0 & 1) == 0;
        return realMode ? number("cs").orElse(0) << 4 : 0;
    }

    /** Writes the stub's register, in the width it has. Whoever calls voids what was read before. */
    void write(String name, BigInteger value) {
        Waits.on(writing(name, value), "write register " + name);
    }

    /** The same, not waited for. */
    CompletableFuture<Void> writing(String name, BigInteger value) {
        Register register = find(name).orElseThrow(() -> noSuch(name));
        byte[] bytes = Registers.targetOrder(
                value, register.sizeBytes(), registers.description().byteOrder());
        return stub.writeRegister(thread, register, bytes);
    }

    /** The stub's spelling of a name: pc is rip on x86. */
    public String canonical(String name) {
        if (registers.description().findRegister(name).isPresent()) {
            return name;
        }
        return switch (name) {
            case "pc" -> firstOf("rip", "eip", "pc");
            case "sp" -> firstOf("rsp", "esp", "sp");
            case "fp" -> firstOf("rbp", "ebp", "x29", "s0", "r11", "fp");
            case "ps", "flags" -> firstOf("eflags", "cpsr");
            case "lr" -> firstOf("x30", "ra", "lr");
            case "rflags" -> "eflags";
            default -> name;
        };
    }

    private String firstOf(String... names) {
        for (String name : names) {
            if (registers.description().findRegister(name).isPresent()) {
                return name;
            }
        }
        return names[0];
    }

    SessionException noSuch(String name) {
        return new SessionException("no register \"%s\"".formatted(name), new SessionFailure.NoRegister(name));
    }
}
