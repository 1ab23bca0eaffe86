package org.kdive.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.fetch.DebugSystemMap;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.KernelFormat;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.symbols.SystemMap;

/** Real kernels: Debian's through its packages, and small ones that were built for these tests. */
final class KernelImageIT {
    // What scripts/kallsyms.c leaves out: the assembler's own marks, and the EFI stub's copies.
    private static final Pattern MAPPING_SYMBOL = Pattern.compile("\\$.*|(__efistub_)?\\.L.*|__efistub_.*");

    /** Every name and every address, not a sample. */
    @ParameterizedTest
    @CsvSource({"debian,LZ4_LEGACY", "debian:6.12-cloud,ZSTD"})
    void readsEverySymbolOfTheStockKernel(String name, Compression compression) throws IOException {
        FetchedKernel kernel = name.equals("debian") ? fetch(name) : fetchIfServed(name);
        KernelImage image = KernelImage.open(kernel.kernel());
        assertThat(image.compression()).isEqualTo(compression);
        SymbolTable table = image.kallsyms().orElseThrow();
        SymbolTable map = SystemMap.read(Bytes.ofFile(DebugSystemMap.fetch(kernel), 64 << 20));

        Set<String> missing = keys(map, symbol -> !isLeftOutByKallsyms(symbol));
        missing.removeAll(keys(table, symbol -> true));
        assertThat(missing).isEmpty();
        Set<String> invented = keys(table, symbol -> true);
        invented.removeAll(keys(map, symbol -> true));
        assertThat(invented).isEmpty();
        assertThat(table.size()).isGreaterThan(80_000);
        assertThat(image.linkAddressOf(0)).isEmpty();
        assertThat(image.bannerLinkAddress())
                .hasValue(table.find("linux_banner").orElseThrow().address());
    }

    /** The tables' own labels, which cannot be in them, and the linker script's absolute ones. */
    private static boolean isLeftOutByKallsyms(Symbol symbol) {
        return symbol.name().startsWith("kallsyms_")
                || symbol.name().startsWith("init_per_cpu__")
                || Set.of("phys_startup_64", "kexec_control_code_size", "text_size", "VO__end")
                        .contains(symbol.name());
    }

    private static Set<String> keys(SymbolTable table, Predicate<Symbol> wanted) {
        Set<String> keys = new HashSet<>();
        table.stream().filter(wanted).forEach(s -> keys.add("%x %s".formatted(s.address(), s.name())));
        return keys;
    }

    @Test
    void reportsWhatTheStockKernelIs() throws IOException {
        FetchedKernel kernel = fetch("debian");
        ImageReport report = ImageReport.of(KernelImage.open(kernel.kernel()));
        String config = Files.readString(kernel.config().orElseThrow());
        assertThat(kernel.packageName())
                .isEqualTo("linux-image-" + report.version().orElseThrow());
        assertThat(report.format()).isEqualTo(KernelFormat.BZIMAGE);
        assertThat(report.buildId()).hasValueSatisfying(id -> assertThat(id).hasSize(40));
        assertThat(report.kaslr()).isEqualTo(config.contains("CONFIG_RANDOMIZE_BASE=y"));
        assertThat(report.btf()).isEqualTo(config.contains("CONFIG_DEBUG_INFO_BTF=y"));
        assertThat(report.orc()).isEqualTo(config.contains("CONFIG_UNWINDER_ORC=y"));
        assertThat(report.ikconfig()).isEqualTo(config.contains("CONFIG_IKCONFIG=y"));
        assertThat(report.banner()).hasValueSatisfying(b -> assertThat(b).contains(" #1 SMP"));
    }

    @Test
    void findsWhereAnArm64KernelIsLinked() throws IOException {
        KernelImage image = KernelImage.open(fetchIfServed("debian/arm64-cloud").kernel());
        assertThat(image.format()).isEqualTo(KernelFormat.ARM64_IMAGE);
        long base = image.linkAddressOf(0).orElseThrow();
        assertThat(base & 0x1fffff).isZero();
        SymbolTable table = image.kallsyms().orElseThrow();
        assertThat(table.find("_stext").orElseThrow().address()).isBetween(base, base + 0x20000);
        // Every arm64 kernel enters C through a function whose prologue signs or saves the link register.
        Symbol startKernel = table.find("start_kernel").orElseThrow();
        assertThat(image.linkMemory().read(startKernel.address(), 64)).isNotEqualTo(new byte[64]);
        assertThat(image.version()).hasValueSatisfying(v -> assertThat(v).endsWith("-arm64"));
    }

    @Test
    void unpacksAnArmKernelBehindAFalseMagic() throws IOException {
        KernelImage image = KernelImage.open(fetchIfServed("debian/armhf").kernel());
        assertThat(image.format()).isEqualTo(KernelFormat.ARM_ZIMAGE);
        assertThat(image.compression()).isEqualTo(Compression.XZ);
        assertThat(image.kallsyms().flatMap(t -> t.find("start_kernel"))).isPresent();
        assertThat(image.linkAddressOf(0)).hasValue(0xc0208000L);
        assertThat(image.banner()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "bzImage-6.1-kgdb, System.map-6.1-kgdb.gz, BZIMAGE, X86_64",
        "Image.gz-6.1-riscv64, System.map-6.1-riscv64.gz, RISCV_IMAGE, RISCV64",
        "zImage-6.1-versatile, System.map-6.1-versatile.gz, ARM_ZIMAGE, ARM"
    })
    void readsTheTextSymbolsOfKernelsWithoutKallsymsAll(
            String file, String mapFile, KernelFormat format, Architecture architecture) throws IOException {
        KernelImage image = KernelImage.open(SmallKernels.require(file));
        assertThat(image.format()).isEqualTo(format);
        assertThat(image.architecture()).isEqualTo(architecture);
        SymbolTable table = image.kallsyms().orElseThrow();
        SymbolTable map = map(SmallKernels.require(mapFile));

        Set<String> invented = keys(table, symbol -> true);
        invented.removeAll(keys(map, symbol -> true));
        assertThat(invented).isEmpty();
        Set<String> missing =
                keys(map, inText(map).and(s -> !MAPPING_SYMBOL.matcher(s.name()).matches()));
        missing.removeAll(keys(table, symbol -> true));
        assertThat(missing).isEmpty();
    }

    private static Predicate<Symbol> inText(SymbolTable map) {
        List<long[]> ranges = new ArrayList<>();
        for (String[] names : new String[][] {{"_stext", "_etext"}, {"_sinittext", "_einittext"}}) {
            ranges.add(new long[] {
                map.find(names[0]).orElseThrow().address(),
                map.find(names[1]).orElseThrow().address()
            });
        }
        return s ->
                !s.isAbsolute() && ranges.stream().anyMatch(range -> s.address() >= range[0] && s.address() < range[1]);
    }

    private static SymbolTable map(Path file) throws IOException {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            return SystemMap.read(Bytes.of(file.toString(), in.readAllBytes()));
        }
    }

    /** A mirror that lacks a foreign architecture or a backport skips the test; the host's stock kernel may not be missing. */
    private static FetchedKernel fetchIfServed(String name) {
        try {
            return fetch(name);
        } catch (ImageException e) {
            assumeTrue(false, e.getMessage());
            throw e;
        }
    }

    private static FetchedKernel fetch(String name) {
        assumeTrue(
                System.getenv("CI") != null || Files.isExecutable(Path.of("/usr/bin/apt-get")), "no apt on this host");
        return KernelFetcher.ofUser().fetch(KernelName.parse(name), Progress.silent());
    }
}
