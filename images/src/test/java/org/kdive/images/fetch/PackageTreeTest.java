package org.kdive.images.fetch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class PackageTreeTest {
    @TempDir
    private Path directory;

    private PackageTree unpack(Map<String, byte[]> files, Map<String, String> symlinks) throws IOException {
        Path deb = Files.write(directory.resolve("p.deb"), DebPackages.deb("data.tar", out -> out, files, symlinks));
        return PackageTree.unpack(deb, directory.resolve("tree"));
    }

    @Test
    void programsAndLibrariesAreFoundByTheOldPathsAndTheMergedOnes() throws IOException {
        PackageTree tree = unpack(
                Map.of(
                        "./bin/one",
                        new byte[] {1},
                        "./lib/x/liba.so.1.2",
                        new byte[] {2},
                        "./usr/share/doc/p",
                        new byte[1]),
                Map.of("./lib/x/liba.so.1", "liba.so.1.2"));
        Path root = tree.directory();
        assertThat(root.resolve("usr/bin/one")).isExecutable().hasBinaryContent(new byte[] {1});
        assertThat(root.resolve("lib/x/liba.so.1")).hasBinaryContent(new byte[] {2});
        assertThat(root.resolve("usr/share")).doesNotExist();
        assertThat(tree.programs("one")).containsExactly(root.resolve("usr/bin/one"));
    }

    @Test
    void aNameThatIsNoProgramStandsForAllThatLeadNowhereElse() throws IOException {
        PackageTree tree = unpack(
                Map.of("./usr/bin/b", new byte[1], "./usr/sbin/a", new byte[1]),
                Map.of("./usr/bin/sh", "/bin/sh", "./usr/bin/c", "b"));
        assertThat(tree.programs("package"))
                .extracting(file -> String.valueOf(file.getFileName()))
                .containsExactly("b", "c", "a");
    }

    @Test
    void nothingIsWrittenThroughALink() throws IOException {
        Path outside = Files.createDirectory(directory.resolve("outside"));
        PackageTree tree = unpack(Map.of("./usr/lib/x/file", new byte[1]), Map.of("./usr/lib/x", outside.toString()));
        assertThat(outside).isEmptyDirectory();
        assertThat(tree.directory().resolve("usr/lib/x/file")).isRegularFile();
    }
}
