package org.kdive.images.symbols;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.kernel.FlatLayout;

/** Debian's 6.1 for arm64 lacks data symbols and 6.12 has them, so what is found in the code of that can be held against them. */
final class StaticSymbolsIT {
    private static final List<String> NAMES = List.of(
            "modules", "btf_modules", "prb", "saved_command_line", "vmcoreinfo_note", "linux_banner", "sys_call_table");

    @ParameterizedTest
    @ValueSource(strings = {"debian/arm64-cloud", "debian/arm64:6.12-cloud"})
    void findsInTheCodeWhatKallsymsSayWhereTheySayIt(String name) {
        KernelImage image = KernelImage.open(fetch(name));
        SymbolTable whole = image.kallsyms().orElseThrow();
        SymbolTable completed = StaticSymbols.complete(withoutData(whole), image.payload(), layout(image));
        for (String wanted : NAMES) {
            assertThat(completed.find(wanted).map(Symbol::address))
                    .as(wanted)
                    .isPresent()
                    .isEqualTo(whole.find(wanted).map(Symbol::address));
        }
    }

    /** One call has one record, and 6.12 names them all. */
    @ParameterizedTest
    @ValueSource(strings = {"debian/arm64", "debian/arm64-cloud", "debian/arm64:6.12-cloud"})
    void findsTheRecordsOfTheSystemCalls(String name) {
        KernelImage image = KernelImage.open(fetch(name));
        SymbolTable whole = image.kallsyms().orElseThrow();
        SymbolTable completed = StaticSymbols.complete(withoutData(whole), image.payload(), layout(image));
        List<String> calls = completed.stream()
                .map(Symbol::name)
                .filter(symbol -> symbol.startsWith("__syscall_meta__"))
                .toList();
        long functions = whole.stream()
                .map(Symbol::name)
                .filter(symbol -> symbol.startsWith("__arm64_sys_"))
                .distinct()
                .count();
        System.out.printf("%s: %d records, %d functions%n", name, calls.size(), functions);
        assertThat(calls).contains("__syscall_meta__openat", "__syscall_meta__getpid", "__syscall_meta__mmap");
        assertThat(calls.size()).isBetween(300, (int) functions);
        for (String call : calls) {
            assertThat(completed.find(call).map(Symbol::address))
                    .as(call)
                    .isEqualTo(whole.find(call).map(Symbol::address));
        }
    }

    /** Of 6.12 all are in kallsyms: without its data but for one that it exports, the types tell the others. */
    @Test
    void theTypesTellThePerCpuVariables() {
        KernelImage image = KernelImage.open(fetch("debian/arm64:6.12-cloud"));
        SymbolTable whole = image.kallsyms().orElseThrow();
        SymbolTableBuilder functions = new SymbolTableBuilder(whole.size());
        whole.stream()
                .filter(s -> s.isText() || s.name().equals("kstat"))
                .forEach(s -> functions.add(s.name(), s.address(), 0, s.type()));
        Program program = Program.of(image, functions.build("functions"));
        for (String wanted : List.of("__per_cpu_start", "runqueues", "__entry_task", "process_counts")) {
            assertThat(program.findSymbol(wanted).map(Symbol::address))
                    .as(wanted)
                    .isPresent()
                    .isEqualTo(whole.find(wanted).map(Symbol::address));
        }
    }

    private static SymbolTable withoutData(SymbolTable whole) {
        SymbolTableBuilder functions = new SymbolTableBuilder(whole.size());
        whole.stream().filter(Symbol::isText).forEach(s -> functions.add(s.name(), s.address(), 0, s.type()));
        return functions.build("functions");
    }

    private static FlatLayout layout(KernelImage image) {
        FlatLayout layout = new FlatLayout(image.payload(), Architecture.ARM64, OptionalLong.empty());
        layout.settle(image.linkAddressOf(0).orElseThrow());
        return layout;
    }

    private static Path fetch(String name) {
        assumeTrue(
                System.getenv("CI") != null || Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt on this host");
        try {
            return KernelFetcher.ofUser()
                    .fetch(KernelName.parse(name), Progress.silent())
                    .kernel();
        } catch (ImageException e) {
            assumeTrue(false, e.getMessage());
            throw e;
        }
    }
}
