package org.kdive.session;

import java.math.BigInteger;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Register;
import org.kdive.gdbrsp.Registers;
import org.kdive.gdbrsp.RspClient;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.arch.RegisterDecoder;
import org.kdive.images.arch.RegisterGroup;

/** The registers of one thread at one stop, by the stub's names and by gdb's common ones: pc, sp, fp. Session thread. */
public final class RegisterFile {
    private static final Set<String> KEPT = Set.of("zero", "gp", "tp"); // riscv: tp is the current task

    private final RspClient stub;
    private final ThreadId thread;
    private final Registers registers;
    private final Architecture architecture;
    private final @Nullable Frame frame; // null: as the processor holds them

    RegisterFile(RspClient stub, ThreadId thread, Registers registers, Architecture architecture) {
        this(stub, thread, registers, architecture, null);
    }

    private RegisterFile(
            RspClient stub, ThreadId thread, Registers registers, Architecture architecture, @Nullable Frame frame) {
        this.stub = stub;
        this.thread = thread;
        this.registers = registers;
        this.architecture = architecture;
        this.frame = frame;
    }

    /** As a caller finds them again: what its callees may have used since is known only where it was saved. */
    RegisterFile inFrame(Frame caller) {
        return new RegisterFile(stub, thread, registers, architecture, caller);
    }

    /** Whether the target has it and the frame looked at does not know what it held. */
    public boolean isLost(String name) {
        return frame != null
                && find(name).filter(r -> isOfFrame(r.name())).isPresent()
                && saved(name).isEmpty();
    }

    private Optional<BigInteger> saved(String name) {
        Long value = frame == null ? null : frame.registers().get(canonical(name));
        return Optional.ofNullable(value).map(bits -> new BigInteger(Long.toUnsignedString(bits)));
    }

    // the system's registers are the same in all frames, and so are those that the kernel keeps for good
    private boolean isOfFrame(String canonical) {
        boolean isGeneral = RegisterDecoder.find(architecture)
                .filter(decoder -> decoder.group(canonical) == RegisterGroup.GENERAL)
                .isPresent();
        return frame != null && (frame.registers().containsKey(canonical) || isGeneral && !KEPT.contains(canonical));
    }

    /** All that the target description names, in its order. */
    public List<Register> all() {
        return registers.description().registers();
    }

    /** Whether the stub sent the same values with both stops. */
    boolean equalsAtStop(RegisterFile other) {
        return present().stream().allMatch(one -> registers.find(one.name()).equals(other.registers.find(one.name())));
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
        if (frame != null && isOfFrame(canonical(name))) {
            return saved(name);
        }
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
        OptionalLong here = frame == null ? registers.findLong(canonical(name)) : OptionalLong.empty();
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
        if (frame != null && isOfFrame(canonical(name))) {
            throw new SessionException(
                    "$%s of frame %d lies in the stack; frame 0 selects the processor's".formatted(name, frame.level()),
                    new SessionFailure.Unsupported("write a caller's register"));
        }
        Waits.on(writing(name, value), "write register " + name);
    }

    /** The counterpart of {@link #pc}. */
    void writePc(long address) {
        write("pc", BigInteger.valueOf(address - codeBase()));
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
