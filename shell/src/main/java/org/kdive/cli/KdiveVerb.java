package org.kdive.cli;

import java.io.OutputStream;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.IVersionProvider;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** {@code kdive} itself: the options every verb has, and the list of verbs. A verb is one class of this package. */
@Command(
        name = "kdive",
        description = "Boots a Linux kernel in QEMU and stops it wherever you say.",
        versionProvider = KdiveVerb.Version.class,
        mixinStandardHelpOptions = true,
        scope = ScopeType.INHERIT)
final class KdiveVerb implements Callable<Integer> {
    /** When to color: {@code auto} does on a terminal, unless NO_COLOR is set. */
    enum Color {
        AUTO,
        ALWAYS,
        NEVER
    }

    private static final String GREETING = "kdive: boot KERNEL starts a machine; help lists the commands; quit leaves";

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--color",
            paramLabel = "auto|always|never",
            defaultValue = "auto",
            scope = ScopeType.INHERIT,
            description = "Color the output (default: on a terminal without NO_COLOR).")
    private Color color = Color.AUTO;

    @Option(names = "--trace", scope = ScopeType.INHERIT, description = "Show the stack trace of an error.")
    private boolean trace;

    private final OutputStream answer;
    private final List<String> qemuArguments;

    /**
     * @param answer standard output, for an answer that is no text
     * @param qemuArguments what followed {@code --}, for the verbs that boot
     */
    KdiveVerb(OutputStream answer, List<String> qemuArguments) {
        this.answer = answer;
        this.qemuArguments = List.copyOf(qemuArguments);
    }

    OutputStream answer() {
        return answer;
    }

    List<String> qemuArguments() {
        return qemuArguments;
    }

    boolean trace() {
        return trace;
    }

    boolean colored() {
        return switch (color) {
            case ALWAYS -> true;
            case NEVER -> false;
            case AUTO -> System.getenv("NO_COLOR") == null && Terminals.OUT.present();
        };
    }

    @Override
    public Integer call() {
        return Shells.idlePrompt(this, spec.commandLine(), GREETING);
    }

    /** Read only when asked for. */
    static final class Version implements IVersionProvider {
        @Override
        public String[] getVersion() {
            String version = KdiveVerb.class.getPackage().getImplementationVersion();
            return new String[] {
                "kdive %s (Java %s, %s %s)"
                        .formatted(
                                version == null ? "from classes" : version,
                                System.getProperty("java.version"),
                                System.getProperty("os.name"),
                                System.getProperty("os.arch"))
            };
        }
    }
}
