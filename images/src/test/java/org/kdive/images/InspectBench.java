package org.kdive.images;

import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.function.Supplier;
import org.kdive.images.btf.Btf;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import org.kdive.images.symbols.Symbol;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.types.CPrinter;

/**
 * Everything that inspect and symbols do, and the first type, beside unpacking the kernel alone. The first row of numbers
 * is a cold virtual machine's, which is what a user of the command line meets.
 */
public final class InspectBench {
    private static final int ROUNDS = 9;
    private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();
    private static final int LOOK_UPS = 1_000_000;

    private InspectBench() {}

    public static void main(String[] names) {
        for (String name : names.length == 0 ? new String[] {"debian"} : names) {
            Path file = KernelFetcher.ofUser()
                    .fetch(KernelName.parse(name), Progress.silent())
                    .kernel();
            compare(name, file);
            lookUp(name, KernelImage.open(file).kallsyms().orElseThrow());
        }
    }

    private static void compare(String name, Path file) {
        double[] unpack = new double[ROUNDS];
        double[] inspect = new double[ROUNDS];
        double[] type = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            unpack[i] = millis(() -> KernelImage.open(file).payload());
            // Each on an image of its own whose kernel is unpacked already: the time is what comes on top.
            KernelImage forType = KernelImage.open(file);
            int size = forType.payload().size();
            type[i] =
                    millis(() -> CPrinter.describe(Btf.of(forType).orElseThrow().requireStruct("task_struct")));
            inspect[i] = millis(() -> {
                KernelImage image = KernelImage.open(file);
                return ImageReport.of(image).lines().size()
                        + image.kallsyms().orElseThrow().size()
                        + size;
            });
        }
        System.out.printf(
                Locale.ROOT,
                "%s cold: unpack %.0f ms, first type %.0f ms on top, inspect and symbols %.0f ms%n",
                name,
                unpack[0],
                type[0],
                inspect[0]);
        System.out.printf(
                Locale.ROOT,
                "%s warm: unpack %.0f ms, first type %.1f ms on top, inspect and symbols %.0f ms: %.2f times unpacking%n",
                name,
                median(unpack),
                median(type),
                median(inspect),
                median(inspect) / median(unpack));
    }

    /** Symbols at random addresses of the text, as a profile or a trace asks for them. */
    private static void lookUp(String name, SymbolTable table) {
        Random random = new Random(1);
        long[] known =
                table.stream().filter(Symbol::isText).mapToLong(Symbol::address).toArray();
        long[] wanted = random.ints(LOOK_UPS, 0, known.length)
                .mapToLong(i -> known[i] + random.nextInt(64))
                .toArray();
        double[] nanos = new double[ROUNDS];
        for (int i = 0; i < ROUNDS; i++) {
            // Of the processor, not of the clock: others use the machine.
            long begun = THREADS.getCurrentThreadCpuTime();
            long found = 0;
            for (long address : wanted) {
                found += table.at(address).isPresent() ? 1 : 0;
            }
            nanos[i] = (THREADS.getCurrentThreadCpuTime() - begun) / (double) LOOK_UPS;
            if (2 * found < LOOK_UPS) {
                throw new IllegalStateException("only %d found".formatted(found));
            }
        }
        System.out.printf(Locale.ROOT, "%s: symbol by address %.0f ns%n", name, median(nanos));
    }

    private static double millis(Supplier<?> work) {
        long start = System.nanoTime();
        Object result = work.get();
        double millis = (System.nanoTime() - start) / 1e6;
        if (result == null) {
            throw new IllegalStateException("nothing came of it");
        }
        return millis;
    }

    private static double median(double[] times) {
        double[] sorted = times.clone();
        Arrays.sort(sorted);
        return sorted[sorted.length / 2];
    }
}
