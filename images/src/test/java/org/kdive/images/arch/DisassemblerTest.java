package org.kdive.images.arch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class DisassemblerTest {
    private static List<Instruction> read(InstructionSet set, Syntax syntax, String hex, long address) {
        Optional<Disassembler> found = Disassembler.find(set, syntax);
        assumeTrue(found.isPresent(), "no libcapstone 4 or 5 that knows " + set);
        try (Disassembler disassembler = found.orElseThrow()) {
            return disassembler.disassemble(HexFormat.ofDelimiter(" ").parseHex(hex), address, Integer.MAX_VALUE);
        }
    }

    private static List<String> text(InstructionSet set, Syntax syntax, String hex) {
        return read(set, syntax, hex, 0x1000).stream().map(Instruction::text).toList();
    }

    @Test
    void writesX86InEitherSyntax() {
        String code = "55 48 89 e5 48 8b 04 25 00 00 00 81 c3";
        assertThat(text(InstructionSet.X86_64, Syntax.INTEL, code))
                .containsExactly("push rbp", "mov rbp, rsp", "mov rax, qword ptr [0xffffffff81000000]", "ret");
        assertThat(text(InstructionSet.X86_64, Syntax.ATT, code))
                .containsExactly("pushq %rbp", "movq %rsp, %rbp", "movq 0xffffffff81000000, %rax", "retq");
    }

    @Test
    void readsTheSameBytesByMode() {
        assertThat(text(InstructionSet.X86_32, Syntax.INTEL, "48 8b c3")).containsExactly("dec eax", "mov eax, ebx");
        assertThat(text(InstructionSet.X86_16, Syntax.INTEL, "8b c3 ea 5b e0 00 f0"))
                .containsExactly("mov ax, bx", "ljmp 0xf000:0xe05b");
    }

    @Test
    void tellsWhereADirectCallOrJumpGoes() {
        List<Instruction> code =
                read(InstructionSet.X86_64, Syntax.INTEL, "e8 fb 0f 00 00 75 02 ff d0 c3", 0xffffffff81000000L);
        assertThat(code)
                .extracting(Instruction::target)
                .containsExactly(
                        OptionalLong.of(0xffffffff81002000L - 0x1000 + 0), // call +0xffb past its own five bytes
                        OptionalLong.of(0xffffffff81000009L),
                        OptionalLong.empty(), // call rax
                        OptionalLong.empty());
        assertThat(code).extracting(Instruction::length).containsExactly(5, 2, 2, 1);
        assertThat(code.get(0).next()).isEqualTo(code.get(1).address());
    }

    @Test
    void readsArm64WithItsBranches() {
        List<Instruction> code = read(
                InstructionSet.ARM64,
                Syntax.INTEL,
                "fd 7b bf a9 ff ff ff 97 40 00 00 b4 40 00 18 36 00 01 1f d6",
                0x1000);
        assertThat(code).extracting(Instruction::mnemonic).containsExactly("stp", "bl", "cbz", "tbz", "br");
        assertThat(code)
                .extracting(Instruction::target)
                .containsExactly(
                        OptionalLong.empty(),
                        OptionalLong.of(0x1000),
                        OptionalLong.of(0x1010),
                        OptionalLong.of(0x1014),
                        OptionalLong.empty());
    }

    @Test
    void readsArmAndThumb() {
        List<Instruction> arm = read(InstructionSet.ARM, Syntax.INTEL, "00 00 00 eb ff 00 c0 e3 1e ff 2f e1", 0x8000);
        assertThat(arm).extracting(Instruction::mnemonic).containsExactly("bl", "bic", "bx");
        assertThat(arm)
                .extracting(Instruction::target)
                .containsExactly(OptionalLong.of(0x8008), OptionalLong.empty(), OptionalLong.empty());
        assertThat(text(InstructionSet.THUMB, Syntax.INTEL, "70 47 00 bf")).containsExactly("bx lr", "nop");
    }

    @Test
    void readsRiscvWhereTheLibraryCan() {
        Optional<Disassembler> found = Disassembler.find(InstructionSet.RISCV64, Syntax.INTEL);
        if (found.isEmpty()) {
            // capstone learned RISC-V in 5.0; an older one must say that it does not know it, and know the others
            assertThat(Disassembler.find(InstructionSet.ARM64, Syntax.INTEL)).isPresent();
            return;
        }
        List<Instruction> code = read(InstructionSet.RISCV64, Syntax.INTEL, "ef 00 00 01 01 11", 0x80000000L);
        assertThat(code).extracting(Instruction::mnemonic).containsExactly("jal", "c.addi");
        assertThat(code.get(0).target()).hasValue(0x80000010L);
    }

    @Test
    void showsBytesThatAreNoInstruction() {
        List<Instruction> code = read(InstructionSet.X86_64, Syntax.INTEL, "06 90 48", 0);
        assertThat(code).extracting(Instruction::text).containsExactly(".byte 0x06", "nop", ".byte 0x48");
        assertThat(code.get(0).bytes()).containsExactly(6);
    }

    @Test
    void gaugesItsAnswerByTheLimit() {
        Optional<Disassembler> found = Disassembler.find(InstructionSet.X86_64, Syntax.INTEL);
        assumeTrue(found.isPresent(), "no libcapstone 4 or 5");
        Disassembler disassembler = found.orElseThrow();
        assertThat(disassembler.disassemble(new byte[64], 0, 3)).hasSize(3);
        assertThat(disassembler.disassemble(new byte[64], 0, 0)).isEmpty();
        assertThat(disassembler.disassemble(new byte[0], 0, 3)).isEmpty();
        disassembler.close();
        disassembler.close();
        assertThatThrownBy(() -> disassembler.disassemble(new byte[1], 0, 1)).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void coversEveryByteOfGarbage() {
        Random random = new Random(1);
        for (InstructionSet set : InstructionSet.values()) {
            Disassembler.find(set, Syntax.ATT).ifPresent(disassembler -> {
                byte[] code = new byte[4096];
                for (int round = 0; round < 20; round++) {
                    random.nextBytes(code);
                    long at = 0xffffffff81000000L;
                    for (Instruction instruction : disassembler.disassemble(code, at, Integer.MAX_VALUE)) {
                        assertThat(instruction.address()).isEqualTo(at);
                        at = instruction.next();
                    }
                    assertThat(0xffffffff81001000L - at).isBetween(0L, 3L);
                }
                disassembler.close();
            });
        }
    }
}
