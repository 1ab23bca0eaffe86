package org.kdive.images.linux;

import static org.assertj.core.api.Assertions.assertThatCode;

import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.unwind.OrcVersion;

/** Spoilt and hostile memory: an answer or an ImageException, and soon. */
@Timeout(60)
final class LinuxFuzz {
    private static final int ROUNDS = 150;

    @Test
    void survivesSpoiltTasks() {
        spoil(() -> FakeTasks.small("__state"), Tasks::of);
    }

    @Test
    void survivesSpoiltModules() {
        spoil(() -> FakeModules.small(true), LinuxFuzz::readModules);
        spoil(() -> FakeModules.small(false), LinuxFuzz::readModules);
    }

    @Test
    void survivesASpoiltLog() {
        spoil(LinuxFuzz::log, Printk::of);
    }

    @Test
    void survivesMemoryThatIsNoiseEverywhere() {
        for (int seed = 0; seed < 2; seed++) {
            Memory noise = noise(seed);
            quiet(() -> Tasks.of(FakeTasks.small("__state").live(noise)));
            quiet(() -> readModules(FakeModules.small(true).live(noise)));
            quiet(() -> Printk.of(log().live(noise)));
        }
    }

    private static FakeKernel log() {
        FakeKernel kernel = FakeLog.span(FakeLog.kernel(), 4, 6);
        FakeLog.record(kernel, 4, FakeLog.FINALIZED, 0, 24, "Linux version", 5);
        FakeLog.record(kernel, 5, FakeLog.FINALIZED, 24, 48, "second", 6);
        return FakeLog.record(kernel, 6, FakeLog.FINALIZED, 64 + 48, 128 + 24, "wrapped", 4);
    }

    private static void readModules(LiveKernel kernel) {
        for (Module module : Modules.of(kernel).all()) {
            quiet(() -> ModuleSymbols.of(kernel, module));
            quiet(() -> Modules.orc(kernel, module, OrcVersion.V3));
        }
    }

    /** Each round spoils a few of the bytes that are not zero, where the structure is. */
    private static void spoil(Supplier<FakeKernel> made, Consumer<LiveKernel> read) {
        for (int seed = 0; seed < ROUNDS; seed++) {
            Random random = new Random(seed);
            FakeKernel kernel = made.get();
            List<byte[]> blocks = kernel.blocks();
            for (int i = 0; i < 1 + seed % 8; i++) {
                byte[] block = blocks.get(random.nextInt(blocks.size()));
                int at = random.nextInt(block.length);
                for (int tries = 0; block[at] == 0 && tries < 4096; tries++) {
                    at = (at + 1) % block.length;
                }
                block[at] = (byte) random.nextInt();
            }
            quiet(() -> read.accept(kernel.live()));
        }
    }

    private static Memory noise(long seed) {
        return (address, length) -> {
            byte[] bytes = new byte[length];
            new Random(address * 31 + seed).nextBytes(bytes);
            return bytes;
        };
    }

    private static void quiet(Runnable work) {
        assertThatCode(() -> {
                    try {
                        work.run();
                    } catch (ImageException expected) {
                        // what hostile memory may get
                    }
                })
                .doesNotThrowAnyException();
    }
}
