package org.kdive.images.vmlinux;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.symbols.Symbol;

final class KernelInMemoryTest {
    private static final int PAGE = 4096;
    private static final long LINKED = 0xffff800008000000L;
    private static final long SLIDE = 0x2a4000000L;

    /** Mapped in pages around the bytes, but for holes given in pages from their begin. */
    private static Memory mapped(long address, byte[] bytes, int... holes) {
        return (from, length) -> {
            byte[] answer = new byte[length];
            for (int i = 0; i < length; i++) {
                long at = from + i - address;
                boolean hole = Arrays.stream(holes).anyMatch(page -> at / PAGE == page);
                if (at < 0 || at >= bytes.length || hole) {
                    throw ImageException.memoryFault(from + i & -PAGE);
                }
                answer[i] = bytes[(int) at];
            }
            return answer;
        };
    }

    private static byte[] wholePages(byte[] bytes) {
        return Arrays.copyOf(bytes, (bytes.length + PAGE - 1) / PAGE * PAGE);
    }

    private static KernelInMemory found(Memory memory) {
        return KernelInMemory.find(Architecture.ARM64, memory, LINKED + SLIDE + 64)
                .orElseThrow();
    }

    @Test
    void readsAKernelOutOfTheMemoryItRunsIn() {
        byte[] image = wholePages(KernelBuilder.arm64Image(LINKED + SLIDE, false));
        KernelInMemory kernel = found(mapped(LINKED + SLIDE, image));
        assertThat(kernel.address()).isEqualTo(LINKED + SLIDE);
        assertThat(kernel.sizeBytes()).isEqualTo(image.length);
        assertThat(kernel.banner()).contains(KernelBuilder.BANNER.strip());
        Symbol first = KernelBuilder.symbols(LINKED + SLIDE + 0x10000).get(0);
        assertThat(kernel.symbols()
                        .orElseThrow()
                        .find(first.name())
                        .orElseThrow()
                        .address())
                .isEqualTo(first.address());
    }

    @Test
    void isTheImageItWasLinkedAsOnceTheSlideIsKnown() {
        byte[] image = wholePages(KernelBuilder.arm64Image(LINKED + SLIDE, false));
        Program linked = found(mapped(LINKED + SLIDE, image)).program(SLIDE);
        Symbol first = KernelBuilder.symbols(LINKED + 0x10000).get(0);
        assertThat(linked.findSymbol(first.name()).orElseThrow().address()).isEqualTo(first.address());
        assertThat(linked.slidBy(SLIDE).findSymbol(first.name()).orElseThrow().address())
                .isEqualTo(first.address() + SLIDE);
        assertThat(linked.image().textLinkAddress()).hasValue(LINKED);
        assertThat(linked.image().buildId()).contains(KernelBuilder.BUILD_ID);
        assertThat(linked.image().linkMemory().read(LINKED, 2)).containsExactly('M', 'Z');
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 7, 300})
    void readsOverMemoryThatWasFreed(int pages) {
        byte[] kernel = wholePages(KernelBuilder.arm64Image(LINKED + SLIDE, false));
        int hole = kernel.length / PAGE;
        byte[] image = Arrays.copyOf(kernel, kernel.length + 2 * pages * PAGE);
        image[image.length - 1] = 42;
        int[] holes = IntStream.range(hole, hole + pages).toArray();
        KernelInMemory read = found(mapped(LINKED + SLIDE, image, holes));
        assertThat(read.sizeBytes()).isEqualTo(image.length);
        assertThat(read.symbols()).isPresent();
    }

    @Test
    void isNoKernelWithoutABannerOrWhereNothingIsMapped() {
        Memory zeros = mapped(LINKED, new byte[16 * PAGE]);
        assertThat(KernelInMemory.find(Architecture.ARM64, zeros, LINKED + 64)).isEmpty();
        assertThat(KernelInMemory.find(Architecture.ARM64, zeros, LINKED - 64)).isEmpty();
    }
}
