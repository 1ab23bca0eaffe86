package org.kdive.session;

import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.arch.Disassembler;
import org.kdive.images.arch.Instruction;
import org.kdive.images.arch.InstructionSet;
import org.kdive.images.arch.Syntax;
import org.kdive.images.arch.X86Mode;

/** The guest's code as it stands in its memory now, not in the file. Session thread. */
final class Code {
    // 0xffffffff81000000:  0f 01 15 21 b0 78 01     lgdtq    0x178b021(%rip)
    // 0xffffffff80309ff6:  711d                     addi     sp,sp,-96
    private static final long PROTECTED = 1; // CR0.PE
    private static final long LONG_MODE = 0x400; // EFER.LMA
    private static final Pattern HMP_LINE =
            Pattern.compile("0x([0-9a-f]+):\\s+((?:(?:[0-9a-f]{2}|[0-9a-f]{4}|[0-9a-f]{8}) )+)\\s*(\\S+)\\s*(.*)");

    private final Target target;
    private final ThreadId thread;
    private final Syntax syntax;

    Code(Target target, ThreadId thread, Syntax syntax) {
        this.target = target;
        this.thread = thread;
        this.syntax = syntax;
    }

    /** At most {@code count} instructions; fewer where the memory ends, none where it cannot be read. */
    List<Instruction> at(long address, int count) {
        InstructionSet set = instructionSet();
        long wanted = Math.min((long) count * set.longestBytes(), 1 << 20);
        byte[] bytes = target.memory(thread).readPrefix(address, (int) wanted);
        Optional<Disassembler> disassembler = target.disassembler(set, syntax);
        return disassembler.isPresent()
                ? disassembler.get().disassemble(bytes, address, count)
                : askQemu(address, count);
    }

    private InstructionSet instructionSet() {
        RegisterFile registers = target.registers(thread);
        boolean isWide = target.architecture() == Architecture.X86_64; // as far as a stub without these registers tells
        return switch (target.architecture()) {
            case X86_64, X86_32 ->
                X86Mode.of(
                                registers.number("cr0").orElse(PROTECTED),
                                registers.number("efer").orElse(isWide ? LONG_MODE : 0),
                                registers.number("eflags").orElse(0),
                                registers.number("cs").orElse(0),
                                Optional.empty())
                        .set();
            case ARM64 -> InstructionSet.ARM64;
            case ARM -> isThumb(registers) ? InstructionSet.THUMB : InstructionSet.ARM;
            case RISCV64 -> InstructionSet.RISCV64;
            default ->
                throw new SessionException(
                        "no disassembler for " + target.architecture().label(),
                        new SessionFailure.Unsupported("disassembly"));
        };
    }

    // a Cortex-M has no CPSR and no other set: Armv7-M, B1.4.2
    private static boolean isThumb(RegisterFile registers) {
        boolean isM = registers.find("xPSR").or(() -> registers.find("xpsr")).isPresent();
        return isM || (registers.number("cpsr").orElse(0) & 0x20) != 0;
    }

    // hosts without libcapstone: QEMU has one linked in, in AT&T syntax
    private List<Instruction> askQemu(long address, int count) {
        List<Instruction> code = new ArrayList<>();
        for (String line :
                target.monitor("x/%di 0x%x".formatted(count, address)).split("\n")) {
            Matcher matcher = HMP_LINE.matcher(line.strip());
            if (matcher.matches()) {
                code.add(new Instruction(
                        Long.parseUnsignedLong(matcher.group(1), 16),
                        bytes(matcher.group(2).strip()),
                        matcher.group(3),
                        matcher.group(4),
                        OptionalLong.empty()));
            }
        }
        return code;
    }

    // QEMU prints x86 code byte by byte, and that of others in the numbers it consists of
    private static byte[] bytes(String printed) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (String number : printed.split(" +")) {
            for (int end = number.length(); end > 0; end -= 2) {
                bytes.write(HexFormat.fromHexDigits(number, end - 2, end));
            }
        }
        return bytes.toByteArray();
    }
}
