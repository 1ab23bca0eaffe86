package org.kdive.images;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;

/** Kernels that no distribution ships, in a directory {@code shared/kernels} beside the checkout. */
public final class SmallKernels {
    private SmallKernels() {}

    /** Skips the test where there are none; on CI they must be there. */
    public static Path require(String name) {
        for (Path directory = Path.of("").toAbsolutePath(); directory != null; directory = directory.getParent()) {
            Path file = directory.resolve("shared").resolve("kernels").resolve(name);
            if (Files.isReadable(file)) {
                return file;
            }
        }
        if (System.getenv("CI") != null) {
            throw new AssertionError("no shared/kernels/" + name + " beside the checkout");
        }
        assumeTrue(false, "no shared/kernels/" + name + " beside the checkout");
        throw new AssertionError("unreachable");
    }
}
