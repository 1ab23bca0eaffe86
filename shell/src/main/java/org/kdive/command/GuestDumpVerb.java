package org.kdive.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.IntConsumer;
import org.kdive.session.GuestImage;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** {@code dump guest}: the whole machine as a core file. */
final class GuestDumpVerb {
    static final String USAGE = "dump guest FILE [--format elf|kdump-zlib]";
    private static final String FORMAT = "--format";
    private static final int STEP = 10; // percent

    private GuestDumpVerb() {}

    static Command command() {
        return Command.named("guest")
                .usage(USAGE)
                .summary("write all of the guest's memory and registers to a core file")
                .completes(GuestDumpVerb::candidates)
                .runs(GuestDumpVerb::write);
    }

    private static List<String> candidates(Session session, Arguments typed) {
        if (typed.words().contains(FORMAT)) {
            return session.hypervisor().guestImage().formats().stream()
                    .filter(format -> format.startsWith(typed.lastWord()))
                    .toList();
        }
        return FORMAT.startsWith(typed.lastWord()) ? List.of(FORMAT) : List.of();
    }

    private static void write(Session session, Arguments arguments, Output output) {
        List<String> words = arguments.words();
        boolean formatted = words.size() == 3 && words.get(1).equals(FORMAT);
        if (words.size() != 1 && !formatted) {
            throw new SessionException("dump guest: to which file?", new SessionFailure.Usage(USAGE));
        }
        Path file = Path.of(words.get(0)).toAbsolutePath();
        GuestImage image = session.hypervisor().guestImage();
        String format = formatted ? words.get(2) : "elf";
        requireKnown(format, image.formats());
        Path directory = file.getParent();
        if (directory == null || !Files.isWritable(directory)) {
            throw new SessionException(
                    "dump guest: cannot write into %s".formatted(directory),
                    new SessionFailure.Io(String.valueOf(directory)));
        }
        try {
            boolean noted = image.write(file, format, progress(output), session::checkInterrupt);
            output.line("%d MiB of the guest written to %s (%s)", Files.size(file) >> 20, file, format);
            if (!noted) {
                output.note(
                        "dump guest: no VMCOREINFO note in it: the kernel has not made one yet, was built without, or is"
                                + " 32-bit; crash and drgn may not open it");
            }
        } catch (SessionException e) {
            if (e.failure() instanceof SessionFailure.Interrupted) {
                throw new SessionException(
                        "dump guest: interrupted; QEMU cannot give it up and finishes %s by itself: qmp query-dump"
                                .formatted(GuestImage.partial(file)),
                        e.failure(),
                        e);
            }
            throw e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void requireKnown(String format, List<String> known) {
        if (!known.contains(format)) {
            Optional<String> near = Nearest.to(format, known);
            throw new SessionException(
                    "dump guest: this QEMU writes no %s; it writes %s%s"
                            .formatted(
                                    format,
                                    String.join(", ", known),
                                    near.map(one -> "; did you mean " + one + "?")
                                            .orElse("")),
                    new SessionFailure.Usage(USAGE));
        }
    }

    private static IntConsumer progress(Output output) {
        int[] told = {0}; // the last that was said
        return percent -> {
            if (percent >= told[0] + STEP && percent < 100) {
                told[0] = percent;
                output.note("dump guest: %d%%".formatted(percent));
            }
        };
    }
}
