package org.kdive.images.fetch;

import java.nio.file.Files;
import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;
import org.kdive.images.initramfs.RootRecipe;

/** What a user wants in a root besides busybox: {@code FILE[:PATH]}, or {@code NAME[:PATH]} of a distribution's program. */
public final class AddedProgram {
    private AddedProgram() {}

    /** Fetches what is named. A file that is there goes before a name. */
    public static List<RootRecipe.Program> parseAll(
            Collection<String> words, PackageArchitecture architecture, Progress progress) {
        return words.stream()
                .flatMap(word -> parse(word, architecture, progress))
                .toList();
    }

    private static Stream<RootRecipe.Program> parse(String words, PackageArchitecture architecture, Progress progress) {
        RootRecipe.Program file = RootRecipe.Program.parse(words);
        String name = file.file().toString();
        if (Files.exists(file.file()) || !ProgramFetcher.isName(name)) {
            return Stream.of(file);
        }
        PackagedProgram found = ProgramFetcher.ofUser().fetch(architecture, name, progress);
        String path = "/" + file.path();
        boolean isDirectory = path.equals("/usr/bin/" + name) || words.endsWith("/");
        String directory = path.substring(0, path.lastIndexOf('/') + 1);
        if (!isDirectory && found.programs().size() > 1) {
            throw FetchFailures.missing(
                    name,
                    "has %d programs; name one of them, or a directory ending in /"
                            .formatted(found.programs().size()));
        }
        return found.programs().stream()
                .map(program -> new RootRecipe.Program(
                        program,
                        isDirectory ? directory.substring(1) + program.getFileName() : file.path(),
                        found.roots()));
    }
}
