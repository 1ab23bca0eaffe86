package org.kdive.images.initramfs;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Architecture;

/**
 * A root as a user orders it: busybox, and what goes on top of it, in this order.
 *
 * @param modules kernel modules in the order to insert them, uncompressed
 * @param sysroot where libraries of the programs come from; null for this machine's
 * @param script run as the guest starts, when shares are mounted; null for none
 */
public record RootRecipe(
        Architecture processor,
        BusyboxRoot.Style style,
        List<Path> modules,
        List<Program> programs,
        @Nullable Path sysroot,
        List<Path> overlays,
        @Nullable Path script) {

    /**
     * A file of this machine, and its path in the guest.
     *
     * @param roots where its libraries are, each laid out as a guest's root; empty for where the recipe says
     */
    public record Program(Path file, String path, List<Path> roots) {
        public Program {
            roots = List.copyOf(roots);
        }

        /** {@code FILE[:PATH]}; without a path it goes to {@code /usr/bin}, one that ends in a slash is a directory. */
        public static Program parse(String words) {
            int colon = words.lastIndexOf(":/");
            Path file = Path.of(colon < 0 ? words : words.substring(0, colon));
            String path = colon < 0 ? "/usr/bin/" : words.substring(colon + 1);
            return new Program(
                    file, FileTree.normalize(path.endsWith("/") ? path + file.getFileName() : path), List.of());
        }
    }

    public RootRecipe {
        modules = List.copyOf(modules);
        programs = List.copyOf(programs);
        overlays = List.copyOf(overlays);
    }

    /** @param busybox a static one, for the guest's processor */
    public FileTree tree(Path busybox) {
        FileTree.Builder tree = BusyboxRoot.tree(busybox, style, modules).toBuilder();
        ProgramClosure closure =
                sysroot == null ? ProgramClosure.ofHost(processor) : ProgramClosure.ofSysroot(processor, sysroot);
        programs.forEach(program -> {
            ProgramClosure own =
                    program.roots().isEmpty() ? closure : ProgramClosure.ofSysroots(processor, program.roots());
            tree.merge(own.tree(program.file(), program.path()));
        });
        overlays.forEach(overlay -> tree.merge(DirectoryPacker.tree(overlay, false)));
        if (script != null) {
            tree.file("etc/start", 0755, Content.ofFile(script));
        }
        return tree.build();
    }
}
