package org.kdive.cli;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.machine.RunDirectory;
import org.kdive.session.BootPlan;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;
import picocli.CommandLine.Spec;

/** {@code kdive boot}: a machine stopped before its first instruction, and the prompt. */
@Command(
        name = "boot",
        description = "Boots a kernel, stopped before its first instruction, and gives the prompt.",
        footer = "Words after -- are added to QEMU's command line.")
final class BootVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @ParentCommand
    private KdiveVerb kdive;

    @Parameters(
            paramLabel = "KERNEL",
            arity = "0..1",
            description = "A kernel of any format, or a name such as debian; a replay and a checkpoint know theirs.")
    private @Nullable String kernel; // null: with --replay or --checkpoint

    @Mixin
    private BootOptions options = new BootOptions();

    @Override
    public Integer call() {
        var line = spec.commandLine();
        if (kernel == null && !options.knowsItsKernel()) {
            throw new ParameterException(line, "Missing required parameter: 'KERNEL'");
        }
        BootPlan plan = options.plan(kernel, kdive.qemuArguments(), DownloadProgress.of(line.getErr()));
        if (options.isDryRun()) {
            line.getOut().println(plan.spec().quotedCommandLine(RunDirectory.imagined()));
            return ExitStatus.WELL;
        }
        return Shells.prompt(kdive, line, session -> session.boot(plan));
    }
}
