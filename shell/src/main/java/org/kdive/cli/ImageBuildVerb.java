package org.kdive.cli;

import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.images.KernelImage;
import org.kdive.images.build.BuildRequest;
import org.kdive.images.build.BuildTarget;
import org.kdive.images.build.ConfigFragment;
import org.kdive.images.build.KernelBuild;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image build}: a kernel out of its source tree. */
@Command(name = "build", description = "Builds a kernel with its own make, and inspects what came out.")
final class ImageBuildVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(paramLabel = "SRC", description = "A kernel's source tree.")
    private Path source;

    @Option(
            names = "--arch",
            paramLabel = "ARCH",
            description = "x86_64, i386, arm64, arm, riscv (default: the host's).")
    private @Nullable String arch; // null: the host's

    @Option(
            names = "--defconfig",
            paramLabel = "NAME",
            description = "Configure anew with this make target (default: keep .config; without one the usual).")
    private @Nullable String defconfig; // null: none named

    @Option(
            names = "--fragment",
            paramLabel = "NAME",
            split = ",",
            description = "Lay options over the configuration: debug, kgdb, 9p, tiny.")
    private List<String> fragments = List.of();

    @Option(names = "--cross-compile", paramLabel = "PREFIX", description = "The compiler's prefix (default: found).")
    private @Nullable String crossCompile; // null: to be found

    @Option(names = "--build-dir", paramLabel = "DIR", description = "Build here, leaving SRC as it is (make's O=).")
    private @Nullable Path output; // null: in the source tree

    @Option(
            names = {"-j", "--jobs"},
            paramLabel = "N",
            description = "Compilers at once (default: one a processor).")
    private int jobs = Runtime.getRuntime().availableProcessors();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        BuildTarget target = arch == null ? BuildTarget.ofHost() : target(arch);
        var request = new BuildRequest(
                source,
                output,
                target,
                defconfig,
                fragments.stream().map(this::fragment).toList(),
                crossCompile,
                Math.max(1, jobs));
        BuildMeter meter = new BuildMeter(line.getErr(), Terminals.ERR.present(), InstantSource.system());
        Path image;
        try {
            image = KernelBuild.run(request, System.getenv(), meter);
        } finally {
            meter.close();
        }
        ImageInspectVerb.print(KernelImage.open(image), line.getOut(), json);
        return ExitStatus.WELL;
    }

    private BuildTarget target(String word) {
        return BuildTarget.find(word)
                .orElseThrow(() -> unknown("architecture " + word, "x86_64, i386, arm64, arm and riscv"));
    }

    private ConfigFragment fragment(String word) {
        return ConfigFragment.find(word).orElseThrow(() -> unknown("fragment " + word, "debug, kgdb, 9p and tiny"));
    }

    private ParameterException unknown(String what, String known) {
        return new ParameterException(spec.commandLine(), "unknown %s; known are %s".formatted(what, known));
    }
}
