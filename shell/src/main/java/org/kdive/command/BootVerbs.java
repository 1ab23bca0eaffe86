package org.kdive.command;

import java.net.SocketAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.images.Program;
import org.kdive.images.fetch.Progress;
import org.kdive.session.AttachPlan;
import org.kdive.session.BootRequest;
import org.kdive.session.KernelSource;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs that begin: boot and attach. */
final class BootVerbs {
    private static final String BOOT_USAGE =
            "boot KERNEL [initrd=FILE|none] [append=WORD]... [cpus=N] [machine=TYPE] [bios=FILE|u-boot]";
    private static final String ATTACH_USAGE = "attach GDB-ENDPOINT [qmp=ENDPOINT] [kernel=KERNEL]";

    private BootVerbs() {}

    static List<Command> all(StopView stops) {
        return List.of(boot(stops), attach(stops));
    }

    private static Command boot(StopView stops) {
        return Command.named("boot")
                .topic(Topic.MACHINE)
                .usage(BOOT_USAGE)
                .summary("boot a kernel, stopped before its first instruction; ends the machine there is")
                .help(
                        "KERNEL is a file or a distribution's name: debian, debian/arm64, host. All options of the process's"
                                + " own boot are there on its command line: kdive boot --help.")
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.isEmpty()) {
                        throw new SessionException("boot: which kernel?", new SessionFailure.Usage(BOOT_USAGE));
                    }
                    stops.show(session, session.boot(request(words).plan(telling(output))), output);
                });
    }

    private static BootRequest request(List<String> words) {
        @Nullable String initrd = null;
        @Nullable String machine = null;
        @Nullable String bios = null;
        List<String> append = new ArrayList<>();
        int cpus = 0;
        for (String word : words.subList(1, words.size())) {
            int equals = word.indexOf('=');
            String key = equals < 0 ? word : word.substring(0, equals);
            String value = word.substring(equals + 1);
            switch (key) {
                case "initrd" -> initrd = value;
                case "append" -> append.add(value);
                case "machine" -> machine = value;
                case "bios" -> bios = value;
                case "cpus" -> cpus = Words.count(value, BOOT_USAGE);
                default ->
                    throw new SessionException(
                            "boot: unknown word \"%s\"".formatted(word), new SessionFailure.Usage(BOOT_USAGE));
            }
        }
        return BootRequest.of(words.get(0))
                .withInitrd(initrd)
                .withAppend(append)
                .withCpus(cpus)
                .withMachine(machine)
                .withBios(bios);
    }

    static Progress telling(Output output) {
        return new Progress() {
            @Override
            public void step(String what) {
                output.note(what);
            }

            @Override
            public void downloaded(long doneBytes, long totalBytes, long bytesPerSecond) {
                // a prompt has no bar: the step was told
            }
        };
    }

    private static Command attach(StopView stops) {
        return Command.named("attach", "target")
                .topic(Topic.MACHINE)
                .usage(ATTACH_USAGE)
                .summary("join a QEMU that somebody else started")
                .help("An endpoint is unix:PATH, tcp:HOST:PORT or HOST:PORT. The guest is stopped by it.")
                .runs((session, arguments, output) -> {
                    AttachPlan plan = plan(arguments.words(), telling(output));
                    stops.show(session, session.attach(plan), output);
                });
    }

    private static AttachPlan plan(List<String> words, Progress progress) {
        if (words.isEmpty()) {
            throw new SessionException("attach: to what?", new SessionFailure.Usage(ATTACH_USAGE));
        }
        @Nullable SocketAddress qmp = null;
        Supplier<Optional<Program>> kernel = Optional::empty;
        boolean hasKernel = false;
        for (String word : words.subList(1, words.size())) {
            if (word.startsWith("qmp=")) {
                qmp = AttachPlan.endpoint("qmp endpoint", word.substring("qmp=".length()));
            } else if (word.startsWith("kernel=")) {
                kernel = KernelSource.symbolsOf(
                        KernelSource.open(KernelSource.file(word.substring("kernel=".length()), progress)));
                hasKernel = true;
            } else {
                throw new SessionException(
                        "attach: unknown word \"%s\"".formatted(word), new SessionFailure.Usage(ATTACH_USAGE));
            }
        }
        return AttachPlan.stub(AttachPlan.endpoint("gdb endpoint", words.get(0)), qmp, hasKernel, kernel);
    }
}
