package org.kdive.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.images.ImageException;
import org.kdive.images.initramfs.ArchiveEditor;
import org.kdive.images.initramfs.Attributes;
import org.kdive.images.initramfs.Content;
import org.kdive.images.initramfs.Entry;
import org.kdive.images.initramfs.InitramfsArchive;
import org.kdive.images.initramfs.RootSource;
import org.kdive.images.initramfs.TreeDiff;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code kdive image edit}: looks into an initramfs and changes it in place. Its verbs are methods, a few lines each. */
@Command(
        name = "edit",
        description = "Looks into an initramfs or changes it, without unpacking it to disk and without being root.",
        footer =
                "Of several archives in one file it is the last, the root proper. What is not changed keeps its bytes.")
final class ImageEditVerb {
    private static final String MODE = "[0-7]{1,5}";

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private ImageVerb image;

    @Parameters(paramLabel = "ARCHIVE", description = "The initramfs.")
    private Path archive;

    private ArchiveEditor editor() {
        return new ArchiveEditor(InitramfsArchive.read(archive).tree());
    }

    private int change(Consumer<ArchiveEditor> deed) {
        InitramfsArchive before = InitramfsArchive.read(archive);
        ArchiveEditor editor = new ArchiveEditor(before.tree());
        deed.accept(editor);
        InitramfsArchive after = before.edit(tree -> editor.tree());
        if (after != before) {
            after.write(archive);
        }
        return ExitStatus.WELL;
    }

    @Command(description = "Puts a file of this machine into the archive; root owns it there.")
    int put(
            @Parameters(paramLabel = "FILE", description = "The file here.") Path file,
            @Parameters(paramLabel = "PATH", description = "Its path there, or a directory ending in /.") String path,
            @Option(names = "--mode", paramLabel = "OCTAL", description = "Its permissions (default: as here).")
                    @Nullable
                    String mode) {
        String place = path.endsWith("/") ? path + file.getFileName() : path;
        return change(editor -> {
            if (mode == null) {
                editor.put(place, file);
            } else {
                editor.put(place, Attributes.rootOwned(permissions(mode)), Content.ofFile(file));
            }
        });
    }

    @Command(description = "Copies a file out of the archive.")
    int get(
            @Parameters(index = "0", paramLabel = "PATH", description = "Its path in the archive.") String path,
            @Parameters(
                            index = "1",
                            arity = "0..1",
                            paramLabel = "FILE",
                            description = "Where to (default: its name, in the working directory).")
                    @Nullable
                    Path file) {
        Entry.RegularFile found = editor().file(path);
        Path target = file == null ? Path.of(path).getFileName() : file;
        Path whole = target.toAbsolutePath();
        Path part = whole.resolveSibling(whole.getFileName() + ".part");
        try (InputStream in = found.content().open()) {
            try {
                Files.copy(in, part, StandardCopyOption.REPLACE_EXISTING);
                Files.move(part, whole, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw ImageException.io(target, e);
        }
        return ExitStatus.WELL;
    }

    @Command(description = "Takes files out of the archive, directories with all below them.")
    int rm(@Parameters(arity = "1..*", paramLabel = "PATH", description = "What to take away.") List<String> paths) {
        return change(editor -> paths.forEach(editor::remove));
    }

    @Command(description = "Lists a directory.")
    int ls(
            @Option(names = "-l", description = "With modes, owners, sizes and times (UTC).") boolean isLong,
            @Option(names = "-R", description = "With all below it.") boolean isRecursive,
            @Parameters(
                            arity = "0..1",
                            paramLabel = "PATH",
                            defaultValue = "/",
                            description = "A directory or file (default: the root).")
                    String path) {
        ArchiveEditor editor = editor();
        children(editor, path, isRecursive)
                .map(entry -> isLong ? ArchiveLine.of(entry) : entry.printablePath())
                .forEach(spec.commandLine().getOut()::println);
        return ExitStatus.WELL;
    }

    private static Stream<Entry> children(ArchiveEditor editor, String path, boolean isRecursive) {
        List<Entry> listed = editor.list(path);
        boolean isRoot = path.chars().allMatch(c -> c == '/' || c == '.');
        if (isRecursive && isRoot) {
            return editor.tree().entries().stream();
        }
        return listed.stream()
                .flatMap(entry -> isRecursive && entry instanceof Entry.Directory
                        ? Stream.concat(Stream.of(entry), children(editor, "/" + entry.path(), true))
                        : Stream.of(entry));
    }

    @Command(description = "Prints files.")
    int cat(@Parameters(arity = "1..*", paramLabel = "PATH", description = "The files.") List<String> paths) {
        ArchiveEditor editor = editor();
        OutputStream answer = image.answer();
        for (String path : paths) {
            try (InputStream in = editor.file(path).content().open()) {
                in.transferTo(answer);
                answer.flush();
            } catch (IOException e) {
                // The stream remembers why it failed, and Main tells: a reader who has seen enough is no error.
                return ExitStatus.WELL;
            }
        }
        return ExitStatus.WELL;
    }

    @Command(description = "Makes a directory, and those above it.")
    int mkdir(
            @Option(names = "--mode", paramLabel = "OCTAL", defaultValue = "755", description = "Its permissions.")
                    String mode,
            @Parameters(paramLabel = "PATH", description = "The directory.") String path) {
        return change(editor -> editor.makeDirectory(path, Attributes.rootOwned(permissions(mode))));
    }

    @Command(description = "Makes a device node or a named pipe.")
    int mknod(
            @Option(names = "--mode", paramLabel = "OCTAL", defaultValue = "600", description = "Its permissions.")
                    String mode,
            @Parameters(index = "0", paramLabel = "PATH", description = "Its path.") String path,
            @Parameters(index = "1", paramLabel = "b|c|p", description = "Block, character, pipe.") String type,
            @Parameters(index = "2", arity = "0..1", paramLabel = "MAJOR", defaultValue = "0") int major,
            @Parameters(index = "3", arity = "0..1", paramLabel = "MINOR", defaultValue = "0") int minor) {
        Attributes attributes = Attributes.rootOwned(permissions(mode));
        if (!type.matches("[bcp]") || major < 0 || major > 0xfff || minor < 0 || minor > 0xfffff) {
            throw usage("a node is b or c with a major and a minor number, or p");
        }
        return change(editor -> {
            if (type.equals("p")) {
                editor.makeFifo(path, attributes);
            } else {
                editor.makeNode(path, attributes, type.equals("b"), major, minor);
            }
        });
    }

    @Command(description = "Makes a symbolic link.")
    int ln(
            @Parameters(paramLabel = "TARGET", description = "What it says.") String target,
            @Parameters(paramLabel = "PATH", description = "The link.") String path) {
        return change(editor -> editor.makeSymlink(path, target));
    }

    @Command(description = "Says how another root differs from the archive. Exit status 1 if it does.")
    int diff(@Parameters(paramLabel = "OTHER", description = "An archive, a directory or a list.") Path other) {
        List<TreeDiff.Difference> differences =
                TreeDiff.between(InitramfsArchive.read(archive).tree(), RootSource.readTree(other, System.getenv()));
        differences.forEach(spec.commandLine().getOut()::println);
        return differences.isEmpty() ? ExitStatus.WELL : ExitStatus.FAILED;
    }

    private int permissions(String mode) {
        if (!mode.matches(MODE) || Integer.parseInt(mode, 8) > 07777) {
            throw usage("mode " + mode + " is no octal number up to 7777");
        }
        return Integer.parseInt(mode, 8);
    }

    private RuntimeException usage(String what) {
        return new picocli.CommandLine.ParameterException(spec.commandLine(), what);
    }
}
