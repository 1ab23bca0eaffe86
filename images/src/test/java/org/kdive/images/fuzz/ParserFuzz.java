package org.kdive.images.fuzz;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Arrays;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.kdive.images.ImageException;

/** Damage to every seed of every parser: it still makes sense, or an ImageException says why not; soon, and in little memory. */
@Timeout(120)
final class ParserFuzz {
    private static final long SEED = 0x6b64697665L;
    private static final int HEADER_BYTES = 0x60;
    private static final int CUTS = 80;
    private static final int DAMAGED_FILES = 25;
    private static final Duration LIMIT = Duration.ofSeconds(5);
    // xz and lzma may ask for a dictionary of 192 MiB, which is what kernels' build systems can ask for.
    private static final long LIMIT_BYTES = 512L << 20;

    private final ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    static Stream<Arguments> seeds() {
        return FuzzTarget.ALL.stream()
                .flatMap(target -> target.seeds().get().entrySet().stream()
                        .map(seed -> Arguments.of(target, seed.getKey(), seed.getValue())));
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("seeds")
    void aGoodFileIsRead(FuzzTarget target, String name, byte[] whole) {
        target.read(whole);
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("seeds")
    void aTruncatedFileIsReadOrReported(FuzzTarget target, String name, byte[] whole) {
        // Every length of the first header, then steps that no field and no alignment has.
        int step = whole.length / CUTS | 1;
        for (int length = 0; length < whole.length; length += length < HEADER_BYTES ? 1 : step) {
            read(target, "cut at " + length, Arrays.copyOf(whole, length));
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("seeds")
    void flippedBitsAreReportedOrHarmless(FuzzTarget target, String name, byte[] whole) {
        Random random = new Random(SEED);
        for (int file = 0; file < DAMAGED_FILES; file++) {
            byte[] flipped = whole.clone();
            int range = file % 2 == 0 ? flipped.length : Math.min(flipped.length, 0x300);
            for (int flips = random.nextInt(8); flips >= 0; flips--) {
                flipped[random.nextInt(range)] ^= (byte) (1 << random.nextInt(8));
            }
            read(target, "flipped " + file, flipped);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("seeds")
    void fieldsThatLieAreReportedOrHarmless(FuzzTarget target, String name, byte[] whole) {
        Random random = new Random(SEED);
        for (int file = 0; file < DAMAGED_FILES; file++) {
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
            read(target, "lying at " + at + ": " + value, lying);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @MethodSource("seeds")
    void charactersOutOfPlaceAreReportedOrHarmless(FuzzTarget target, String name, byte[] whole) {
        Random random = new Random(SEED);
        String characters = "0123456789abcdef/.\n \0";
        for (int file = 0; file < DAMAGED_FILES; file++) {
            byte[] changed = whole.clone();
            for (int changes = random.nextInt(4); changes >= 0; changes--) {
                changed[random.nextInt(changed.length)] = (byte) characters.charAt(random.nextInt(characters.length()));
            }
            read(target, "changed " + file, changed);
        }
    }

    private void read(FuzzTarget target, String damage, byte[] input) {
        long begun = System.nanoTime();
        long allocated = threads.getThreadAllocatedBytes(Thread.currentThread().getId());
        try {
            target.read(input);
        } catch (ImageException e) {
            requireFitForAUser(e);
        } catch (RuntimeException | Error e) {
            throw new AssertionError(damage + ": " + e, e);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - begun)).as(damage).isLessThan(LIMIT);
        assertThat(threads.getThreadAllocatedBytes(Thread.currentThread().getId()) - allocated)
                .as("bytes for " + damage)
                .isLessThan(LIMIT_BYTES);
    }

    /** One line that says something. */
    static void requireFitForAUser(ImageException e) {
        String message = String.valueOf(e.getMessage());
        if (message.isBlank() || message.chars().anyMatch(c -> c < ' ')) {
            throw new AssertionError("no line for a user: " + message, e);
        }
    }
}
