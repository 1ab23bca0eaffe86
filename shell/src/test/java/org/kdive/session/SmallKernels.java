package org.kdive.session;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;

/** Kernels that no distribution ships, in a directory {@code shared/kernels} beside the checkout. */
final class SmallKernels {
    private SmallKernels() {}

    /** Skips the test where there are none; on CI they must be there. */
    static String require(String name) {
        Optional<Path> found = Stream.iterate(Path.of("").toAbsolutePath(), d -> d != null, Path::getParent)
                .map(directory -> directory.resolve("shared").resolve("kernels").resolve(name))
                .filter(Files::isReadable)
                .findFirst();
        String what = "no shared/kernels/" + name + " beside the checkout";
        if (System.getenv("CI") != null) {
            assertThat(found).as(what).isPresent();
        }
        assumeTrue(found.isPresent(), what);
        return found.orElseThrow().toString();
    }
}
