package org.kdive.command;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** {@code screendump}: what the guest shows on its display. */
final class ScreenVerbs {
    private static final int MOST_COLUMNS = 120;

    private ScreenVerbs() {}

    static Command screendump() {
        return Command.named("screendump")
                .topic(Topic.MACHINE)
                .usage("screendump FILE.png")
                .usage("screendump")
                .summary("write the guest's screen to a picture; without a file, or on a colour terminal, show it")
                .help(
                        "The machine needs a display: boot KERNEL -- -device VGA. A name that ends in .ppm gets that format.")
                .runs((session, arguments, output) -> {
                    String name =
                            arguments.words().isEmpty() ? "" : arguments.words().get(0);
                    if (arguments.words().size() > 1) {
                        throw new SessionException(
                                "screendump: one file", new SessionFailure.Usage("screendump [FILE.png]"));
                    }
                    boolean colour = !output.styled(Output.Style.GOOD, "x").equals("x");
                    if (name.isEmpty() && !colour) {
                        throw new SessionException(
                                "screendump: to which file? This output has no colours to show it in",
                                new SessionFailure.Usage("screendump FILE.png"));
                    }
                    byte[] ppm = taken(session);
                    Picture picture = Picture.ofPpm(ppm);
                    if (colour) {
                        picture.toHalfBlocks(Math.min(MOST_COLUMNS, output.width()))
                                .forEach(output::line);
                    }
                    if (!name.isEmpty()) {
                        write(Path.of(name), name.endsWith(".ppm") ? ppm : picture.toPng());
                        output.line("%d x %d pixels written to %s", picture.width(), picture.height(), name);
                    }
                });
    }

    private static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] taken(Session session) {
        @Nullable Path file = null; // until there is one to delete
        try {
            file = Files.createTempFile("kdive-screen", ".ppm");
            session.hypervisor().monitors().call("screendump", Map.of("filename", file.toString()));
            return Files.readAllBytes(file);
        } catch (QmpException e) {
            boolean blind = e.failure() instanceof QmpFailure.Refused refused
                    && refused.description().contains("no console");
            throw blind
                    ? new SessionException(
                            "screendump: this machine has no display; boot KERNEL -- -device VGA gives it one",
                            new SessionFailure.Unsupported("screendump"),
                            e)
                    : e;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } finally {
            delete(file);
        }
    }

    private static void delete(@Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
