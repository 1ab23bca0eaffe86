package org.kdive.images.build;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelConfig;
import org.kdive.images.bytes.Bytes;

/** Runs the make of a kernel's source tree: configure, lay fragments over the configuration, build the image. */
public final class KernelBuild {
    private static final int MAX_CONFIG_BYTES = 16 << 20;
    private static final String LOG = "kdive-build.log";

    private static final Pattern TARGET = Pattern.compile("\\w[\\w.+/-]*"); // no option, no variable

    private final BuildRequest request;
    private final HostTools tools;
    private final Map<String, String> environment;
    private final BuildProgress progress;

    private KernelBuild(
            BuildRequest request, HostTools tools, Map<String, String> environment, BuildProgress progress) {
        this.request = request;
        this.tools = tools;
        this.environment = Map.copyOf(environment);
        this.progress = progress;
    }

    /**
     * Builds and answers where the image is. Throws with the first error that make told, naming the log, or with what the
     * host lacks.
     *
     * @param environment the programs are looked for in its PATH, and make gets it
     */
    public static Path run(BuildRequest request, Map<String, String> environment, BuildProgress progress) {
        return new KernelBuild(request, HostTools.of(environment), environment, progress).run();
    }

    /** As {@link #run(BuildRequest, Map, BuildProgress)}, the headers looked for elsewhere. */
    static Path run(BuildRequest request, HostTools tools, Map<String, String> environment, BuildProgress progress) {
        return new KernelBuild(request, tools, environment, progress).run();
    }

    private Path run() {
        requireSourceTree();
        boolean wantsTypes = request.fragments().contains(ConfigFragment.DEBUG);
        String prefix = Requirements.check(tools, request.target(), request.crossCompile(), wantsTypes);
        Path output = request.outputDirectory();
        try {
            Files.createDirectories(output);
            Make make = new Make(tools, makeWords(prefix), environment, output.resolve(LOG), progress);
            configure(make, output.resolve(".config"));
            String image = request.target().image();
            progress.step("build " + image);
            make.run(List.of("-j" + request.jobs(), image));
        } catch (IOException e) {
            throw ImageException.io(output, e);
        }
        Path image = output.resolve(request.target().imagePath());
        if (!Files.isReadable(image)) {
            throw new ImageException(new ImageFailure.Missing(image.toString(), "make ended well but left no image"));
        }
        return image;
    }

    private void requireSourceTree() {
        Path source = request.source();
        if (!Files.isReadable(source.resolve("Makefile")) || !Files.isReadable(source.resolve("Kconfig"))) {
            throw new ImageException(new ImageFailure.Missing(
                    source.toString(), "no kernel source tree: it has no Makefile and Kconfig"));
        }
    }

    private List<String> makeWords(String prefix) {
        List<String> words = new ArrayList<>();
        words.add(tools.findProgram("make").orElseThrow().toString());
        words.add("-C");
        words.add(request.source().toAbsolutePath().toString());
        words.add("ARCH=" + request.target().word());
        if (!prefix.isEmpty()) {
            words.add("CROSS_COMPILE=" + prefix);
        }
        if (request.output() != null) {
            words.add("O=" + request.outputDirectory());
        }
        return words;
    }

    private void configure(Make make, Path config) throws IOException {
        String given = request.defconfig();
        boolean isTiny = request.fragments().contains(ConfigFragment.TINY);
        if (given != null && !TARGET.matcher(given).matches()) {
            throw new ImageException(new ImageFailure.Missing(given, "no name of a configuration"));
        }
        if (given != null || !Files.exists(config)) {
            String target = given != null
                    ? given
                    : isTiny ? "tinyconfig" : request.target().defaultConfig();
            progress.step("configure: " + target);
            make.run(List.of(target));
        }
        if (request.fragments().isEmpty()) {
            make.run(List.of("olddefconfig"));
            return;
        }
        Map<String, String> options = new LinkedHashMap<>();
        // Tiny first: what the others ask for must win.
        new TreeSet<>(request.fragments())
                .descendingSet()
                .forEach(fragment -> options.putAll(fragment.options(request.target())));
        progress.step("configure: "
                + String.join(
                        ", ",
                        request.fragments().stream().map(ConfigFragment::word).toList()));
        String old = Files.readString(config, StandardCharsets.ISO_8859_1);
        Files.writeString(config, ConfigFragment.merge(old, options), StandardCharsets.ISO_8859_1);
        make.run(List.of("olddefconfig"));
        Map<String, String> refused =
                ConfigFragment.refused(KernelConfig.read(Bytes.ofFile(config, MAX_CONFIG_BYTES)), options);
        if (!refused.isEmpty()) {
            progress.step("this kernel does not take " + String.join(", ", refused.keySet()));
        }
    }
}
