package org.kdive.images.fetch;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;

/**
 * Modules out of a kernel's package, with all they need, in the order to insert them. The package has no modules.dep
 * (depmod makes it where it is installed), so that each module is asked; what they said is kept beside the kernel.
 */
final class ModuleExtractor {
    private static final long MAX_UNPACKED_BYTES = 4L << 30;
    private static final String INDEX = "modules.depends";

    private final Path home;
    private final DebPackage deb;

    /** @param home the directory of an unpacked kernel, which also holds its package */
    ModuleExtractor(Path home) {
        this.home = home;
        this.deb = new DebPackage(home.resolve(CachedKernel.PACKAGE), MAX_UNPACKED_BYTES);
    }

    /** Files in the order to insert them; those the kernel does not have as modules are not in it. */
    List<Path> extract(List<String> names) {
        Map<String, KernelModule> index = readIndex().orElseGet(this::makeIndex);
        List<String> order = insertionOrder(index, names);
        Set<String> absent = new LinkedHashSet<>(order);
        absent.removeIf(name -> Files.isRegularFile(file(name)));
        if (!absent.isEmpty()) {
            save(absent);
        }
        return order.stream().map(this::file).toList();
    }

    /** Depth first: what a module needs comes before it. */
    static List<String> insertionOrder(Map<String, KernelModule> index, List<String> names) {
        Set<String> order = new LinkedHashSet<>();
        names.forEach(name -> insert(index, KernelModule.normal(name), order, new LinkedHashSet<>()));
        return List.copyOf(order);
    }

    private static void insert(Map<String, KernelModule> index, String name, Set<String> order, Set<String> above) {
        @Nullable KernelModule module = index.get(name);
        // A circle cannot be inserted anyway; it must only not hang us.
        if (module == null || order.contains(name) || !above.add(name)) {
            return;
        }
        module.dependencies().forEach(needed -> insert(index, needed, order, above));
        above.remove(name);
        order.add(name);
    }

    private Path file(String name) {
        return home.resolve("modules").resolve(name + ".ko");
    }

    // one line a module: name needed needed...
    private Optional<Map<String, KernelModule>> readIndex() {
        Map<String, KernelModule> index = new TreeMap<>();
        try {
            for (String line : Files.readAllLines(home.resolve(INDEX))) {
                List<String> words = List.of(line.split(" ", -1));
                index.put(words.get(0), new KernelModule(words.get(0), words.subList(1, words.size())));
            }
            return Optional.of(index);
        } catch (IOException e) {
            // Not made yet.
            return Optional.empty();
        }
    }

    private Map<String, KernelModule> makeIndex() {
        Map<String, KernelModule> index = new TreeMap<>();
        deb.visit((path, sizeBytes, contents) -> {
            Optional<String> name = KernelModule.nameOf(path);
            if (name.isPresent()) {
                index.put(name.get(), KernelModule.parse(name.get(), KernelModule.contents(path, contents)));
            }
            return true;
        });
        List<String> lines = new ArrayList<>();
        index.values().forEach(module -> {
            List<String> words = new ArrayList<>(List.of(module.name()));
            words.addAll(module.dependencies());
            lines.add(String.join(" ", words));
        });
        try {
            Path unfinished = home.resolve(INDEX + ".part");
            Files.write(unfinished, lines);
            Cache.moveIntoPlace(unfinished, home.resolve(INDEX));
        } catch (IOException e) {
            throw ImageException.io(home.resolve(INDEX), e);
        }
        return index;
    }

    private void save(Set<String> wanted) {
        try {
            Files.createDirectories(home.resolve("modules"));
        } catch (IOException e) {
            throw ImageException.io(home, e);
        }
        Set<String> left = new LinkedHashSet<>(wanted);
        deb.visit((path, sizeBytes, contents) -> {
            Optional<String> name = KernelModule.nameOf(path).filter(left::remove);
            if (name.isPresent()) {
                Path unfinished = file(name.get() + ".part");
                Files.write(unfinished, KernelModule.contents(path, contents));
                Cache.moveIntoPlace(unfinished, file(name.get()));
            }
            return !left.isEmpty();
        });
    }
}
