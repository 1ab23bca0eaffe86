package org.kdive.gdbrsp;

/**
 * Something that stops the target: a breakpoint or a watchpoint.
 *
 * @param lengthBytes for a watchpoint the bytes watched (QEMU under TCG takes any length, 1 GiB too); for a breakpoint
 *     the size of the instruction, of which QEMU takes no notice
 */
public record Stoppoint(Kind kind, long address, long lengthBytes) {
    /** GDB manual, "Packets", Z. */
    public enum Kind {
        SOFTWARE,
        HARDWARE,
        WRITE,
        READ,
        ACCESS
    }

    public Stoppoint {
        if (lengthBytes < 0) {
            throw new IllegalArgumentException("stoppoint of " + lengthBytes + " bytes");
        }
    }

    public static Stoppoint software(long address) {
        return new Stoppoint(Kind.SOFTWARE, address, 1);
    }

    public static Stoppoint hardware(long address) {
        return new Stoppoint(Kind.HARDWARE, address, 1);
    }

    /** With the kind of instruction that a breakpoint replaces there. GDB manual, "ARM Breakpoint Kinds" and its like. */
    Stoppoint in(TargetDescription target) {
        boolean isBreakpoint = kind == Kind.SOFTWARE || kind == Kind.HARDWARE;
        return isBreakpoint && lengthBytes == 1 ? new Stoppoint(kind, address, instructionBytes(target)) : this;
    }

    private static int instructionBytes(TargetDescription target) {
        boolean isThumb = target.findRegister("xPSR").isPresent()
                || target.findRegister("xpsr").isPresent();
        return switch (target.architecture()) {
            case "aarch64" -> 4;
            case "arm" -> isThumb ? 2 : 4;
            case "riscv:rv32", "riscv:rv64" -> 2; // c.ebreak fits everywhere
            default -> 1;
        };
    }

    String wire() {
        return "%d,%x,%x".formatted(digit(), address, lengthBytes);
    }

    private int digit() {
        return switch (kind) {
            case SOFTWARE -> 0;
            case HARDWARE -> 1;
            case WRITE -> 2;
            case READ -> 3;
            case ACCESS -> 4;
        };
    }

    @Override
    public String toString() {
        return switch (kind) {
            case SOFTWARE -> "software breakpoint at 0x%x".formatted(address);
            case HARDWARE -> "hardware breakpoint at 0x%x".formatted(address);
            case WRITE -> "write watchpoint at 0x%x".formatted(address);
            case READ -> "read watchpoint at 0x%x".formatted(address);
            case ACCESS -> "access watchpoint at 0x%x".formatted(address);
        };
    }
}
