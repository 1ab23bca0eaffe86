package org.kdive.images.build;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What to build.
 *
 * @param source a kernel's source tree
 * @param output where make leaves what it makes; null for the source tree itself
 * @param defconfig the make target that configures; null to keep a .config that is there, else the architecture's usual
 * @param crossCompile the compiler's prefix; null to find one
 * @param jobs how many compilers at once
 */
public record BuildRequest(
        Path source,
        @Nullable Path output,
        BuildTarget target,
        @Nullable String defconfig,
        List<ConfigFragment> fragments,
        @Nullable String crossCompile,
        int jobs) {
    public BuildRequest {
        fragments = List.copyOf(fragments);
    }

    Path outputDirectory() {
        return (output == null ? source : output).toAbsolutePath().normalize();
    }
}
