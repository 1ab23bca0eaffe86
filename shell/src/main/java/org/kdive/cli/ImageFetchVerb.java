package org.kdive.cli;

import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.fetch.FetchedKernel;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image fetch}: a distribution's kernel into the cache. */
@Command(name = "fetch", description = "Gets a distribution's kernel by name, once, and prints where it is.")
final class ImageFetchVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "NAME",
            description = "debian, ubuntu, with /ARCH, :VERSION or -FLAVOUR behind it; or host.")
    private String name;

    @Option(
            names = "--debug",
            description = "Get its vmlinux with debug information, too, and print where that is. It is large.")
    private boolean debug;

    @Option(names = "--refresh", description = "Ask the distribution for a newer one, even if one is here.")
    private boolean refresh;

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        Progress progress = DownloadProgress.of(line.getErr());
        FetchedKernel fetched = fetched(KernelName.parse(name), progress);
        Optional<Path> vmlinux =
                debug ? Optional.of(KernelFetcher.ofUser().debugVmlinux(fetched, progress)) : Optional.empty();
        if (!json) {
            line.getOut().println(vmlinux.orElse(fetched.kernel()));
            return ExitStatus.WELL;
        }
        new FactSheet()
                .add("kernel", fetched.kernel().toString())
                .add("name", fetched.name().words())
                .add("package", fetched.packageName())
                .add("version", fetched.version())
                .add("architecture", fetched.architecture())
                .add("config", fetched.config().map(Object::toString))
                .add("vmlinux", vmlinux.map(Object::toString))
                .add("cached", fetched.cached())
                .print(line.getOut(), true);
        return ExitStatus.WELL;
    }

    private FetchedKernel fetched(KernelName kernel, Progress progress) {
        return refresh && kernel instanceof KernelName.Packaged packaged
                ? KernelFetcher.ofUser().refresh(packaged, progress)
                : KernelFetcher.ofUser().fetch(kernel, progress);
    }
}
