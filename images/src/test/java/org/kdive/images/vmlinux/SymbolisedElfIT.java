package org.kdive.images.vmlinux;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.images.ImageException;
import org.kdive.images.KernelImage;
import org.kdive.images.SmallKernels;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.symbols.SymbolTable;

/** Held against the readers it is made for: readelf, nm, objdump and gdb, which must have nothing to complain about. */
final class SymbolisedElfIT {
    @TempDir
    private Path directory;

    @ParameterizedTest
    @CsvSource({
        "debian, X86-64",
        "debian:6.12-cloud, X86-64",
        "debian/arm64-cloud, AArch64",
        "debian/armhf, ARM",
        "Image.gz-6.1-riscv64, RISC-V",
        "zImage-6.1-versatile, ARM"
    })
    void readelfAndNmAgree(String kernel, String machine) throws Exception {
        KernelImage image = open(kernel);
        Path vmlinux = rebuild(image);

        assertThat(run("readelf", "-h", "-S", "-l", "-W", vmlinux.toString()))
                .contains(machine, ".text", ".symtab", ".strtab")
                .doesNotContain("readelf: Warning", "readelf: Error");
        SymbolTable symbols = image.kallsyms().orElseThrow();
        Map<String, Integer> ours = new TreeMap<>();
        symbols.stream()
                .forEach(symbol -> ours.merge("%x %s".formatted(symbol.address(), symbol.name()), 1, Integer::sum));
        Map<String, Integer> theirs = new TreeMap<>();
        run("readelf", "-s", "-W", vmlinux.toString())
                .lines()
                .map(line -> line.strip().split("\\s+", 8))
                .filter(words -> words.length == 8 && words[0].matches("\\d+:"))
                .forEach(words -> theirs.merge(
                        "%x %s".formatted(Long.parseUnsignedLong(words[1], 16), words[7]), 1, Integer::sum));
        assertThat(theirs).isEqualTo(ours);
    }

    @Test
    void gdbFindsAndDisassemblesStartKernel() throws Exception {
        KernelImage image = open("debian");
        Path vmlinux = rebuild(image);
        long address = image.kallsyms()
                .orElseThrow()
                .find("start_kernel")
                .orElseThrow()
                .address();
        String hex = "0x%x".formatted(address);

        String said = run(
                "gdb",
                "-nx",
                "-batch",
                "-ex",
                "info address start_kernel",
                "-ex",
                "info symbol &init_task",
                "-ex",
                "disassemble start_kernel,+24",
                vmlinux.toString());
        assertThat(said)
                .contains("Symbol \"start_kernel\" is at " + hex)
                .contains("init_task in section .data")
                .contains(hex + " <start_kernel+0>:")
                .doesNotContain("warning");
        assertThat(run(
                        "objdump",
                        "-d",
                        "--start-address=" + hex,
                        "--stop-address=0x%x".formatted(address + 16),
                        vmlinux.toString()))
                .contains("<start_kernel>:", "__fentry__");
    }

    private Path rebuild(KernelImage image) throws IOException {
        Path file = directory.resolve("vmlinux");
        try (OutputStream out = Files.newOutputStream(file)) {
            SymbolisedElf.of(image).writeTo(out);
        }
        return file;
    }

    private static KernelImage open(String kernel) {
        if (!kernel.startsWith("debian")) {
            return KernelImage.open(SmallKernels.require(kernel));
        }
        try {
            return KernelImage.open(KernelFetcher.ofUser()
                    .fetch(KernelName.parse(kernel), Progress.silent())
                    .kernel());
        } catch (ImageException e) {
            // A mirror may lack a foreign architecture or a backport; the stock kernel must be there.
            assumeTrue(!kernel.equals("debian") && System.getenv("CI") == null, e.getMessage());
            throw e;
        }
    }

    /** Both streams, in the C locale. */
    private String run(String... arguments) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(new ArrayList<>(List.of(arguments))).redirectErrorStream(true);
        builder.environment().put("LC_ALL", "C");
        builder.environment().put("HOME", directory.toString());
        builder.environment().remove("DEBUGINFOD_URLS");
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
