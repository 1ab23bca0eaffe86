package org.kdive.cli;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.command.ScriptFile;
import org.kdive.machine.RunDirectory;
import org.kdive.script.ScriptRunner;
import org.kdive.session.BootPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code kdive run}: scripts, a verdict and an exit status. */
@Command(
        name = "run",
        description = "Runs scripts line by line, to the first line that fails.",
        footer = {
            "The language is the prompt's. Words after -- are added to QEMU's command line.",
            "Exit status: 0 all well, 1 an expectation failed, 2 unusable input, 3 QEMU or the guest died, 4 timed out."
        })
final class RunVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private KdiveVerb kdive;

    @Parameters(
            paramLabel = "SCRIPT",
            arity = "1..*",
            description = "Files of commands, run one after another on one machine.")
    private List<String> scripts;

    @Option(
            names = "--kernel",
            paramLabel = "KERNEL",
            description = "Boot it first: a file, or a name such as debian (default: the script boots).")
    private @Nullable String kernel; // null: nothing is booted

    @Option(
            names = "--timeout",
            paramLabel = "TIME",
            converter = Times.class,
            description = "All of it together: 60s, 500ms, 5m (default: as long as it takes).")
    private @Nullable Duration timeout; // null: no limit

    @Mixin
    private BootOptions options = new BootOptions();

    @Override
    public Integer call() {
        var line = spec.commandLine();
        List<ScriptFile> files = ScriptRunner.read(scripts);
        Optional<BootPlan> plan = kernel == null && !options.knowsItsKernel()
                ? Optional.empty()
                : Optional.of(options.plan(kernel, kdive.qemuArguments(), DownloadProgress.of(line.getErr())));
        if (options.isDryRun()) {
            plan.ifPresent(known -> line.getOut().println(known.spec().quotedCommandLine(RunDirectory.imagined())));
            return ExitStatus.WELL;
        }
        return Shells.scripts(kdive, line, plan, files, Optional.ofNullable(timeout));
    }
}
