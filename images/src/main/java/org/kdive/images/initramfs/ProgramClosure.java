package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.DynamicLinks;
import org.kdive.images.elf.ElfFile;

/**
 * A program with everything that the dynamic linker loads before it starts: the linker itself and all libraries, for the
 * guest's processor. What a program opens later by itself (plug-ins, name services) nobody can know.
 */
public final class ProgramClosure {
    private static final int MAX_PROGRAM_BYTES = 1 << 30;
    private static final int MAX_LIBRARIES = 1000;

    private final Architecture processor;
    private final List<Sysroot> roots;

    private ProgramClosure(Architecture processor, List<Sysroot> roots) {
        this.processor = processor;
        this.roots = roots;
    }

    /** Libraries come from this machine, which may have another processor's too. */
    public static ProgramClosure ofHost(Architecture processor) {
        return new ProgramClosure(processor, Sysroot.ofHost(processor));
    }

    /** Libraries come from a directory that is laid out as the guest's root. */
    public static ProgramClosure ofSysroot(Architecture processor, Path sysroot) {
        if (!Files.isDirectory(sysroot)) {
            throw new ImageException(new ImageFailure.Io(sysroot.toString(), "no directory"));
        }
        return new ProgramClosure(processor, List.of(new Sysroot(sysroot)));
    }

    /** Libraries come from several such directories, each of which may have a part of them. */
    public static ProgramClosure ofSysroots(Architecture processor, List<Path> sysroots) {
        return new ProgramClosure(processor, sysroots.stream().map(Sysroot::new).toList());
    }

    /** What the program needs and is not to be found: names of libraries, and the path of its dynamic linker. */
    public Set<String> missing(Path program) {
        Optional<ElfFile> elf = elf(program);
        if (elf.isEmpty()) {
            return Set.of();
        }
        requireProcessor(program, elf.get());
        Search search = new Search(program, DynamicLinks.of(elf.get()), FileTree.builder());
        search.findAll();
        return Set.copyOf(search.missing);
    }

    /** The file at a path of the guest, with what it needs. A file that is no program, such as a script, needs nothing. */
    public FileTree tree(Path program, String path) {
        Path real;
        Inode inode;
        try {
            real = program.toRealPath();
            inode = Inode.of(real);
        } catch (IOException e) {
            throw ImageException.io(program, e);
        }
        if (!Files.isRegularFile(real)) {
            throw new ImageException(new ImageFailure.Io(program.toString(), "no regular file"));
        }
        FileTree.Builder tree = FileTree.builder();
        Optional<ElfFile> elf = elf(real);
        if (elf.isPresent()) {
            requireProcessor(program, elf.get());
            new Search(real, DynamicLinks.of(elf.get()), tree).addAll();
        }
        return tree.parents(path)
                .file(path, inode.mode() & 07777, Content.ofFile(real))
                .build();
    }

    private void requireProcessor(Path program, ElfFile elf) {
        String label = elf.architecture().map(Architecture::label).orElse("machine " + elf.machine());
        if (!label.equals(processor.label())) {
            throw new ImageException(new ImageFailure.Unsupported(
                    program.toString(), "a program for %s in a root for %s".formatted(label, processor.label())));
        }
    }

    private static Optional<ElfFile> elf(Path file) {
        Bytes bytes = Bytes.ofFile(file, MAX_PROGRAM_BYTES);
        return ElfFile.isElf(bytes) ? Optional.of(ElfFile.read(bytes)) : Optional.empty();
    }

    /** A library found: where it really is, and what it needs in turn. */
    private record Library(Sysroot root, String resolved, DynamicLinks links) {}

    /** One program's libraries, breadth first as ld.so(8) takes them: the first of a name serves all who need it. */
    private final class Search {
        private final Path program;
        private final FileTree.Builder tree;
        private final Map<String, Library> found = new LinkedHashMap<>();
        private final Set<String> missing = new LinkedHashSet<>();
        private final DynamicLinks links;
        // Where the linker that runs the program looks without being told; empty when there is none.
        private final Optional<String> linkerDirectory;

        Search(Path program, DynamicLinks links, FileTree.Builder tree) {
            this.program = program;
            this.links = links;
            this.tree = tree;
            this.linkerDirectory = links.interpreter().flatMap(this::addLinker);
        }

        private Optional<String> addLinker(String interpreter) {
            for (Sysroot root : roots) {
                Optional<String> resolved = root.resolve(interpreter).filter(path -> isOurs(root.file(path)));
                if (resolved.isPresent()) {
                    put(resolved.get(), root.file(resolved.get()));
                    String asked = FileTree.normalize(interpreter);
                    if (!asked.equals(resolved.get())) {
                        tree.parents(asked).symlink(asked, "/" + resolved.get());
                    }
                    return Optional.of(directory(resolved.get()));
                }
            }
            missing.add(interpreter);
            return Optional.empty();
        }

        void addAll() {
            findAll();
            if (!missing.isEmpty()) {
                throw failure(missing.iterator().next());
            }
            found.forEach((name, library) -> {
                Path file = library.root().file(library.resolved());
                put(linkerDirectory.orElse(directory(library.resolved())) + "/" + plain(name), file);
            });
        }

        private void findAll() {
            List<DynamicLinks> users = new ArrayList<>(List.of(links));
            List<Path> places = new ArrayList<>(List.of(program));
            for (int i = 0; i < users.size(); i++) {
                for (String name : users.get(i).needed()) {
                    if (found.containsKey(name) || missing.contains(name)) {
                        continue;
                    }
                    if (found.size() == MAX_LIBRARIES) {
                        throw new ImageException(
                                new ImageFailure.TooLarge(program + ": libraries", found.size() + 1L, MAX_LIBRARIES));
                    }
                    Optional<Library> library = find(name, users.get(i), places.get(i));
                    if (library.isEmpty()) {
                        missing.add(name);
                        continue;
                    }
                    found.put(name, library.get());
                    users.add(library.get().links());
                    places.add(library.get().root().file(library.get().resolved()));
                }
            }
        }

        private Optional<Library> find(String name, DynamicLinks user, Path userPlace) {
            for (Sysroot root : roots) {
                List<String> directories = new ArrayList<>();
                user.searchPaths().forEach(path -> directories.add(expanded(path, userPlace)));
                links.searchPaths().forEach(path -> directories.add(expanded(path, program)));
                directories.addAll(root.libraryDirectories(processor));
                for (String directory : directories) {
                    String path = name.contains("/") ? name : directory + "/" + name;
                    Optional<String> resolved = root.resolve(path).filter(place -> isOurs(root.file(place)));
                    if (resolved.isPresent()) {
                        Path file = root.file(resolved.get());
                        return Optional.of(new Library(
                                root, resolved.get(), DynamicLinks.of(elf(file).orElseThrow())));
                    }
                }
            }
            return Optional.empty();
        }

        /** The linker's {@code $ORIGIN} is where the user is here, not where it will be. ld.so(8). */
        private String expanded(String path, Path userPlace) {
            String origin = String.valueOf(userPlace.getParent());
            return path.replace("${ORIGIN}", origin).replace("$ORIGIN", origin);
        }

        private void put(String path, Path file) {
            tree.parents(path).file(path, 0755, Content.ofFile(file));
        }

        private ImageException failure(String name) {
            return new ImageException(new ImageFailure.Missing(
                    program.toString(),
                    "needs %s, which is for %s nowhere in %s"
                            .formatted(
                                    FileName.printable(name),
                                    processor.label(),
                                    String.join(
                                            " or ",
                                            roots.stream()
                                                    .map(Sysroot::toString)
                                                    .toList()))));
        }
    }

    private static String plain(String name) {
        return name.substring(name.lastIndexOf('/') + 1);
    }

    private static String directory(String path) {
        return path.contains("/") ? path.substring(0, path.lastIndexOf('/')) : "lib";
    }

    private boolean isOurs(Path file) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try {
            return elf(file)
                    .flatMap(ElfFile::architecture)
                    .filter(processor::equals)
                    .isPresent();
        } catch (ImageException e) {
            // A linker script, or damaged: ld.so(8) goes on to the next directory too.
            return false;
        }
    }
}
