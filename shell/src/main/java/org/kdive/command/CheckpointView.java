package org.kdive.command;

import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Collection;
import java.util.OptionalInt;
import org.kdive.session.Checkpoint;
import org.kdive.session.Checkpoints;

/** {@code info checkpoints}: the tree of them, each below the one that the guest had come from. */
final class CheckpointView {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("HH:mm:ss").withZone(ZoneId.systemDefault());

    private CheckpointView() {}

    static Command info() {
        return Command.named("checkpoints")
                .usage("info checkpoints")
                .summary(
                        "the moments that rewind goes back to, each below the one it came from; * is where the guest comes from")
                .runs((session, arguments, output) -> {
                    Checkpoints known = session.checkpoints();
                    if (known.all().isEmpty()) {
                        output.line("No checkpoints.");
                        return;
                    }
                    output.line("  Num Name             Taken     Guest time      Size  Where");
                    show(known, OptionalInt.empty(), "", output);
                });
    }

    private static void show(Checkpoints known, OptionalInt parent, String indent, Output output) {
        Collection<Checkpoint> all = known.all();
        all.stream().filter(one -> one.parent().equals(parent)).forEach(one -> {
            OptionalInt number = OptionalInt.of(one.number());
            output.line(
                    "%s %-3d %-16s %s %9.3f s %5.1f MiB  %s%s",
                    known.present().equals(number) ? "*" : " ",
                    one.number(),
                    indent + one.name(),
                    TIME.format(one.taken()),
                    one.guestTime().toNanos() / 1e9,
                    one.sizeBytes() / 1048576.0,
                    one.where(),
                    one.message().isEmpty() ? "" : "  \"" + one.message() + "\"");
            show(known, number, indent + "  ", output);
        });
    }
}
