package org.kdive.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.script.Recital;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code kdive demo}: the main job on a real kernel, start to finish. */
@Command(
        name = "demo",
        description = "Boots the distribution's own kernel with KASLR on, stops it in start_kernel and looks around.",
        footer = "On a terminal the prompt takes over half way; --batch, or no terminal, runs to the end.")
final class DemoVerb implements Callable<Integer> {
    private static final String KERNEL = "debian";

    @Spec
    private CommandSpec spec;

    @ParentCommand
    private KdiveVerb kdive;

    @Option(names = "--batch", description = "Run to the end and exit.")
    private boolean batch;

    @Override
    public Integer call() throws IOException {
        CommandLine line = spec.commandLine();
        KernelFetcher.ofUser().fetch(KernelName.parse(KERNEL), DownloadProgress.of(line.getErr()));
        Path directory = Files.createTempDirectory("kdive-demo");
        try {
            Recital demo = Recital.demo(directory);
            boolean typed = Terminals.IN.present() && Terminals.OUT.present();
            return batch || !typed
                    ? Shells.recital(kdive, line, demo)
                    : Shells.promptAfter(kdive, line, demo.opening());
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) throws IOException {
        try (Stream<Path> tree = Files.walk(directory)) {
            List<Path> deepestFirst = tree.sorted(Comparator.reverseOrder()).toList();
            for (Path path : deepestFirst) {
                Files.delete(path);
            }
        }
    }
}
