package org.kdive.gdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.images.KernelImage;
import org.kdive.images.arch.Disassembler;
import org.kdive.images.arch.Instruction;
import org.kdive.images.arch.InstructionSet;
import org.kdive.images.arch.Syntax;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;

/** Thousands of instructions of stock kernels, cut as objdump cuts them and, but for spelling, in its words. */
@Timeout(120)
final class DisassemblyAgainstObjdumpIT {
    private static final int CODE_BYTES = 60_000;
    private static final Pattern LINE = Pattern.compile("(?m)^ *([0-9a-f]+):\t(.*)$");
    private static final Pattern NUMBER = Pattern.compile("(?<![\\w.])(-?)(0x[0-9a-f]+|\\d+)\\b");
    // an x86 mnemonic with AT&T's suffix of a size, which objdump leaves out where a register tells it
    private static final Pattern SUFFIXED = Pattern.compile("^((?:lock |rep |repz |repnz )?[a-z]+)[bwlq]( |$)");

    @ParameterizedTest
    @CsvSource({
        "debian, X86_64, INTEL, i386:x86-64, intel, 0.95",
        "debian, X86_64, ATT, i386:x86-64, att, 0.95",
        "debian/arm64, ARM64, INTEL, aarch64, no-notes, 0.97"
    })
    void readsCodeAsObjdumpDoes(
            String kernel, InstructionSet set, Syntax syntax, String machine, String option, double least)
            throws IOException, InterruptedException {
        KernelImage image = KernelImage.open(KernelFetcher.ofUser()
                .fetch(KernelName.parse(kernel), Progress.silent())
                .kernel());
        long start = image.kallsyms()
                .orElseThrow()
                .find("vprintk_emit")
                .orElseThrow()
                .address();
        byte[] code = image.linkMemory().read(start, CODE_BYTES);
        Map<Long, String> theirs = objdump(code, start, machine, option);
        Optional<Disassembler> found = Disassembler.find(set, syntax);
        assumeTrue(found.isPresent(), "no libcapstone");
        Tally differ = new Tally();
        int all = 0;
        try (Disassembler disassembler = found.orElseThrow()) {
            for (Instruction ours : disassembler.disassemble(code, start, CODE_BYTES)) {
                all++;
                String their = theirs.remove(ours.address());
                assertThat(their).as("0x%x %s", ours.address(), ours.text()).isNotNull();
                if (!isSame(canonical(ours.text(), set), canonical(their, set))) {
                    differ.count(ours.mnemonic() + " for " + their.split(" ", 2)[0]);
                }
            }
        }
        double alike = 1 - (double) differ.total() / all;
        System.out.printf("%s %s: %d instructions, %.1f %% alike; %s%n", kernel, syntax, all, 100 * alike, differ);
        assertThat(theirs).hasSizeLessThan(3); // of the last instruction, cut off by the end
        assertThat(alike).isGreaterThan(least);
    }

    /** Pointers are signed and jumps are landed at by hints. */
    @Test
    void namesTheHintsOfArm64AsObjdumpDoes() throws IOException, InterruptedException {
        ByteBuffer code = ByteBuffer.allocate(4 * 128).order(ByteOrder.LITTLE_ENDIAN);
        for (int hint = 0; hint < 128; hint++) {
            code.putInt(0xd503201f | hint << 5);
        }
        Map<Long, String> theirs = objdump(code.array(), 0, "aarch64", "no-notes");
        Optional<Disassembler> found = Disassembler.find(InstructionSet.ARM64, Syntax.INTEL);
        assumeTrue(found.isPresent(), "no libcapstone");
        try (Disassembler disassembler = found.orElseThrow()) {
            List<String> differ = disassembler.disassemble(code.array(), 0, 128).stream()
                    .filter(ours -> !canonical(ours.text(), InstructionSet.ARM64)
                            .equals(canonical(theirs.remove(ours.address()), InstructionSet.ARM64)))
                    .map(Instruction::text)
                    .toList();
            assertThat(theirs).isEmpty();
            assertThat(differ).isSubsetOf("dgh"); // which binutils 2.40 does not name
        }
    }

    private static boolean isSame(String ours, String theirs) {
        return ours.equals(theirs)
                || SUFFIXED.matcher(ours).replaceFirst("$1$2").equals(theirs);
    }

    private static Map<Long, String> objdump(byte[] code, long start, String machine, String option)
            throws IOException, InterruptedException {
        Path file = Files.createTempFile("code", ".bin");
        try {
            Files.write(file, code);
            List<String> command = new ArrayList<>(List.of("objdump", "-D", "-z", "-b", "binary", "-m", machine));
            command.addAll(List.of("-M", option, "--no-show-raw-insn", "--adjust-vma=0x" + Long.toHexString(start)));
            command.add(file.toString());
            Process process =
                    new ProcessBuilder(command).redirectErrorStream(true).start();
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(text).isZero();
            Map<Long, String> lines = new TreeMap<>();
            for (Matcher line = LINE.matcher(text); line.find(); ) {
                lines.put(
                        Long.parseUnsignedLong(line.group(1), 16),
                        line.group(2).strip().replaceAll("\\s+", " "));
            }
            return lines;
        } finally {
            Files.delete(file);
        }
    }

    /** The one place that says which spellings are the same: blanks, case, bases of numbers, a size that a register tells. */
    private static String canonical(String text, InstructionSet set) {
        String plain = text.replaceFirst(" *(//|#  ).*$", "")
                .toLowerCase(Locale.ROOT)
                .replace(" + ", "+")
                .replace(" - ", "-")
                .replace(" * ", "*")
                .replace(", ", ",")
                .replace("#", "");
        String numbers = NUMBER.matcher(plain).replaceAll(each -> {
            long value = Long.parseUnsignedLong(
                    each.group(2).replaceFirst("^0x", ""), each.group(2).startsWith("0x") ? 16 : 10);
            return "0x" + Long.toHexString(each.group(1).isEmpty() ? value : -value);
        });
        if (set == InstructionSet.ARM64) {
            return numbers.replaceFirst("^movz ", "mov ");
        }
        return numbers.replaceFirst("^nop .*|^data16 .*nopw .*|^cs nopw .*|^xchg %?ax,%?ax$", "nop");
    }
}
