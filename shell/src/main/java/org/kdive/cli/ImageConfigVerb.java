package org.kdive.cli;

import java.io.PrintWriter;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelConfig;
import org.kdive.images.KernelImage;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code kdive image config}: how a kernel was configured. */
@Command(
        name = "config",
        description = "Prints a kernel's configuration, from inside it (CONFIG_IKCONFIG) or from the file beside it.")
final class ImageConfigVerb implements Callable<Integer> {
    private static final int SUGGESTIONS = 3;

    @Spec
    private CommandSpec spec;

    @Parameters(
            index = "0",
            paramLabel = "KERNEL",
            converter = KernelWords.class,
            description = "A kernel of any format, or a name such as debian.")
    private KernelArgument kernel;

    @Parameters(
            index = "1..*",
            arity = "0..*",
            paramLabel = "OPTION",
            description = "Only these, with or without CONFIG_.")
    private List<String> options = List.of();

    @Option(names = "--json", description = "Print one JSON object.")
    private boolean json;

    @Override
    public Integer call() {
        var line = spec.commandLine();
        KernelImage image = kernel.open(line.getErr());
        KernelConfig config = KernelConfig.of(image)
                .orElseThrow(
                        () -> missing(
                                image.source(),
                                "no configuration in it (CONFIG_IKCONFIG) and none beside it; give the file config-* its name"));
        PrintWriter answer = VisibleWriter.answer(line.getOut());
        Map<String, String> asked = options.isEmpty() ? config.options() : only(config);
        if (json) {
            Json.print(line.getOut(), to -> {
                to.writeStartObject();
                for (Map.Entry<String, String> option : asked.entrySet()) {
                    to.writeStringField(option.getKey(), option.getValue());
                }
                to.writeEndObject();
            });
        } else if (options.isEmpty()) {
            answer.print(config.text());
        } else {
            asked.forEach((name, value) -> print(answer, name, value));
        }
        return ExitStatus.WELL;
    }

    private Map<String, String> only(KernelConfig config) {
        Map<String, String> asked = new LinkedHashMap<>();
        for (String option : options) {
            String name = KernelConfig.fullName(option);
            asked.put(name, config.value(option).orElseThrow(() -> unknown(config, name)));
        }
        return asked;
    }

    private static void print(PrintWriter out, String name, String value) {
        out.println(value.equals("n") ? "# " + name + " is not set" : name + "=" + value);
    }

    private static ImageException unknown(KernelConfig config, String name) {
        List<String> near = config.similar(name, SUGGESTIONS);
        String hint = near.isEmpty() ? "" : "; there are " + String.join(", ", near);
        return missing(config.source(), name + " is not mentioned: off with what it depends on, or no option" + hint);
    }

    private static ImageException missing(String source, String what) {
        return new ImageException(new ImageFailure.Missing(source, what));
    }
}
