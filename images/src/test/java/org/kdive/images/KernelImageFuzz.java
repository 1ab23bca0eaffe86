package org.kdive.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import java.nio.ByteOrder;
import java.time.Duration;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.images.kernel.Compression;
import org.kdive.images.kernel.ForeignKernels;
import org.kdive.images.kernel.KernelBuilder;
import org.kdive.images.kernel.Packing;
import org.kdive.images.symbols.KallsymsBuilder.Generation;

/** Damaged kernels of every kind: either they still make sense, or an ImageException says why not. */
final class KernelImageFuzz {
    private static final long SEED = 0x6b64697665L;
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final int FLIPPED_FILES = 80;

    private static Map<String, byte[]> wholeFiles() {
        byte[] vmlinux = KernelBuilder.vmlinux();
        byte[] image = KernelBuilder.arm64Image(0xffff800008000000L, true);
        Map<String, byte[]> files = new LinkedHashMap<>();
        for (Compression compression : Compression.values()) {
            files.put("bzImage " + compression.label(), KernelBuilder.bzImage(compression, vmlinux));
        }
        files.put("vmlinux", vmlinux);
        files.put("arm64 Image", image);
        files.put("Image.gz", Packing.pack(Compression.GZIP, image));
        files.put("Image.lz4", Packing.pack(Compression.LZ4_LEGACY, image));
        files.put("Image.lzo", Packing.pack(Compression.LZO, image));
        files.put("zImage", KernelBuilder.armZImage(Compression.GZIP, KernelBuilder.armKernel()));
        files.put("zboot", KernelBuilder.efiZboot(Compression.GZIP, "gzip", image));
        files.put("uImage", KernelBuilder.uImage(1, 22, true, Packing.pack(Compression.GZIP, image)));
        byte[] flat = ForeignKernels.flat(Generation.ABSOLUTE_LONGS, 4, ByteOrder.LITTLE_ENDIAN, 0xc0100000L);
        files.put("old zImage", ForeignKernels.oldX86(0x0203, false, flat));
        byte[] big = ForeignKernels.flat(Generation.OFFSETS_FIRST, 8, ByteOrder.BIG_ENDIAN, 0x100000);
        files.put("s390", ForeignKernels.s390(Compression.GZIP, big));
        files.put("mips vmlinuz", ForeignKernels.packedElf(true, ByteOrder.BIG_ENDIAN, 8, big));
        return files;
    }

    /** Each file's name, so that a failure tells it, and its bytes. */
    static Stream<Arguments> files() {
        return wholeFiles().entrySet().stream().map(file -> Arguments.of(file.getKey(), file.getValue()));
    }

    @ParameterizedTest
    @MethodSource("files")
    void aTruncatedFileIsReported(String kind, byte[] whole) {
        // Every length of the headers, then steps that are prime to all alignments.
        for (int length = 0; length < whole.length; length += length < 0x420 ? 1 : 499) {
            inspect(kind + " cut at " + length, Arrays.copyOf(whole, length));
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void flippedBitsAreReportedOrHarmless(String kind, byte[] whole) {
        Random random = new Random(SEED);
        for (int file = 0; file < FLIPPED_FILES; file++) {
            byte[] flipped = whole.clone();
            int flips = 1 + random.nextInt(8);
            int range = file % 2 == 0 ? flipped.length : Math.min(flipped.length, 0x300);
            for (int i = 0; i < flips; i++) {
                flipped[random.nextInt(range)] ^= (byte) (1 << random.nextInt(8));
            }
            inspect(kind + " flipped " + file, flipped);
        }
    }

    @ParameterizedTest
    @MethodSource("files")
    void fieldsThatLieAreReportedOrHarmless(String kind, byte[] whole) {
        Random random = new Random(SEED);
        for (int file = 0; file < FLIPPED_FILES; file++) {
            byte[] lying = whole.clone();
            int at = random.nextInt(Math.min(lying.length, 0x300)) & ~3;
            int value = switch (file % 4) {
                case 0 -> -1;
                case 1 -> Integer.MAX_VALUE;
                case 2 -> Integer.MIN_VALUE;
                default -> random.nextInt();
            };
            for (int i = 0; i < 4 && at + i < lying.length; i++) {
                lying[at + i] = (byte) (value >>> (8 * i));
            }
            inspect(kind + " lying at " + at, lying);
        }
    }

    private static void inspect(String name, byte[] file) {
        assertTimeoutPreemptively(
                LIMIT,
                () -> {
                    try {
                        KernelImage image = KernelImage.of(name, file);
                        ImageReport report = ImageReport.of(image);
                        assertThat(report.lines()).isNotEmpty();
                        image.kallsyms()
                                .ifPresent(table ->
                                        assertThat(table.stream().count()).isPositive());
                    } catch (ImageException expected) {
                        assertThat(expected).hasMessageContaining(name);
                    }
                },
                name);
    }
}
