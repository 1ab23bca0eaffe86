package org.kdive.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.kdive.command.ExitStatus;
import org.kdive.images.KernelImage;
import org.kdive.images.doctor.Doctor;
import org.kdive.images.doctor.Finding;
import org.kdive.images.doctor.Verdict;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image doctor}: one screen of what will and will not work. */
@Command(
        name = "doctor",
        description = "Says what will and will not work with a kernel, and what would mend it.",
        footer = "Exit status 1 if the kernel is not of the build of --against.")
final class ImageDoctorVerb implements Callable<Integer> {
    @Spec
    private CommandSpec spec;

    @Parameters(
            paramLabel = "KERNEL",
            converter = KernelWords.class,
            description = "A kernel of any format, or a name such as debian.")
    private KernelArgument kernel;

    @Option(
            names = "--against",
            paramLabel = "VMLINUX",
            converter = KernelWords.class,
            description = "Another file of the same build, as it should be.")
    private @Nullable KernelArgument against; // null: compared with nothing

    @Option(names = "--json", description = "Print one JSON array.")
    private boolean json;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        KernelImage image = kernel.open(line.getErr());
        List<Finding> findings = new ArrayList<>(Doctor.examine(image));
        boolean isOfBuild = true;
        if (against != null) {
            Finding same = Doctor.compare(image, against.open(line.getErr()));
            findings.add(same);
            isOfBuild = same.verdict() == Verdict.YES;
        }
        if (json) {
            printJson(findings, line.getOut());
        } else {
            print(findings, line.getOut());
        }
        return isOfBuild ? ExitStatus.WELL : ExitStatus.FAILED;
    }

    private static void print(List<Finding> findings, PrintWriter out) {
        int width = findings.stream().mapToInt(f -> f.subject().length()).max().orElse(0);
        String format = "%-7s  %-" + width + "s  %s";
        for (Finding finding : findings) {
            out.println(format.formatted(word(finding.verdict()), finding.subject(), finding.detail())
                    .stripTrailing());
            if (!finding.remedy().isEmpty()) {
                out.println(format.formatted("", "", "-> " + finding.remedy()));
            }
        }
    }

    private static void printJson(List<Finding> findings, PrintWriter out) {
        Json.print(out, to -> {
            to.writeStartArray();
            for (Finding finding : findings) {
                to.writeStartObject();
                to.writeStringField("subject", finding.subject());
                to.writeStringField("verdict", word(finding.verdict()));
                to.writeStringField("detail", finding.detail());
                to.writeStringField("remedy", finding.remedy());
                to.writeEndObject();
            }
            to.writeEndArray();
        });
    }

    private static String word(Verdict verdict) {
        return verdict.name().toLowerCase(Locale.ROOT);
    }
}
