package org.kdive.images.fetch;

import java.nio.file.Path;
import java.util.List;

/**
 * Programs of a distribution's packages on this machine's disk.
 *
 * @param programs the one that was named, or all of the package that was named
 * @param roots directories laid out as a guest's root which together hold all libraries that the programs need
 */
public record PackagedProgram(List<Path> programs, List<Path> roots) {
    public PackagedProgram {
        programs = List.copyOf(programs);
        roots = List.copyOf(roots);
    }
}
