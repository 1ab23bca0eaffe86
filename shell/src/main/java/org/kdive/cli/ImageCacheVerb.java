package org.kdive.cli;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import org.kdive.command.ExitStatus;
import org.kdive.images.fetch.CacheContents;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code kdive image cache}: what was fetched and made, and what of it may go. */
@Command(name = "cache", description = "Lists and prunes what kdive has fetched and made. All of it can be had again.")
final class ImageCacheVerb {
    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("yyyy-MM-dd").withZone(ZoneOffset.UTC);

    @Spec
    private CommandSpec spec;

    @Command(description = "Lists what there is, with its size and day.")
    int list() {
        CacheContents contents = CacheContents.ofUser();
        List<CacheContents.Item> items = contents.list();
        items.forEach(item -> spec.commandLine()
                .getOut()
                .println("%10s  %s  %s%s"
                        .formatted(
                                Amounts.bytes(item.bytes()),
                                DAY.format(item.changed()),
                                item.name(),
                                item.stale() ? "  (stale)" : "")));
        talk("%s: %s in %d items", contents.root(), total(items), items.size());
        return ExitStatus.WELL;
    }

    @Command(
            description =
                    "Deletes kernels that a newer one of the same name replaced, what was unpacked for a boot, and what was"
                            + " never finished.")
    int prune(@Option(names = "--all", description = "Delete everything.") boolean all) {
        CacheContents contents = CacheContents.ofUser();
        List<CacheContents.Item> gone =
                contents.prune(all, DownloadProgress.of(spec.commandLine().getErr()));
        gone.forEach(item -> spec.commandLine().getOut().println(item.name()));
        talk("%s: %s freed, %d items", contents.root(), total(gone), gone.size());
        return ExitStatus.WELL;
    }

    private static String total(List<CacheContents.Item> items) {
        return Amounts.bytes(items.stream().mapToLong(CacheContents.Item::bytes).sum());
    }

    private void talk(String format, Object... values) {
        spec.commandLine().getErr().println("kdive: " + String.format(Locale.ROOT, format, values));
    }
}
