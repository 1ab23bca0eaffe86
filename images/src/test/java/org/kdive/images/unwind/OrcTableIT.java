package org.kdive.images.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.kdive.images.KernelImage;
import org.kdive.images.btf.Btf;
import org.kdive.images.elf.Section;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.symbols.Symbol;

/** The tables of distribution kernels against their own symbols. */
final class OrcTableIT {
    @ParameterizedTest
    @CsvSource({"debian, V1", "debian:6.12, V3"})
    void coversTheTextOfAStockKernel(String name, OrcVersion version) {
        KernelImage image = KernelImage.open(KernelFetcher.ofUser()
                .fetch(KernelName.parse(name), Progress.silent())
                .kernel());
        OrcTable table = OrcTable.find(image, Btf.of(image)).orElseThrow();
        assertThat(table.version()).isEqualTo(version);
        assertThat(table.count()).isGreaterThan(300_000);
        Section code = image.findSection(".text").orElseThrow();
        List<Symbol> functions = image.kallsyms().orElseThrow().stream()
                .filter(symbol -> symbol.isText() && symbol.sizeBytes() > 0)
                .filter(symbol ->
                        symbol.address() - code.address() >= 0 && symbol.address() - code.address() < code.sizeBytes())
                .filter(symbol -> !symbol.name().startsWith("__pfx_")
                        && !symbol.name().contains(".cold")) // those begin in the middle of another
                .toList();
        // at its first instruction a C function has nothing on the stack but its return address
        long plain = functions.stream()
                .filter(symbol -> isPlainCall(table.find(symbol.address())))
                .count();
        assertThat(functions).hasSizeGreaterThan(30_000);
        assertThat((double) plain / functions.size()).isGreaterThan(0.99);
        assertThat(table.find(0xffffffffc0000000L)).isEmpty();
        assertThat(table.find(code.address() - 0x1000)).isEmpty();
    }

    private static boolean isPlainCall(Optional<OrcTable.Found> found) {
        return found.isPresent()
                && found.get().entry().type() == OrcEntry.Type.CALL
                && found.get().entry().spRegister() == OrcRegister.SP
                && found.get().entry().spOffset() == 8;
    }
}
