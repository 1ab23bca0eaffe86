package org.kdive.command;

import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.kdive.machine.Share;
import org.kdive.qmp.Blocks;
import org.kdive.session.Hypervisor;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs of what QEMU keeps for the guest: snapshots and shares. */
final class MachineVerbs {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneId.systemDefault());
    private static final Map<String, Share.Access> ACCESS =
            Map.of("ro", Share.Access.READ_ONLY, "plain", Share.Access.PLAIN);
    private static final Duration LET_GO = Duration.ofSeconds(10);

    private MachineVerbs() {}

    static List<Command> all(StopView stops) {
        return List.of(snapshot(stops), share());
    }

    private static Command snapshot(StopView stops) {
        Subcommands words = new Subcommands(
                "snapshot",
                List.of(
                        named("save", "save the machine as it is", Hypervisor::saveSnapshot),
                        Command.named("load")
                                .usage("snapshot load NAME")
                                .summary("bring a saved machine back")
                                .runs((session, arguments, output) -> stops.show(
                                        session, session.hypervisor().loadSnapshot(name(arguments, "load")), output)),
                        named("delete", "forget a saved machine", Hypervisor::deleteSnapshot),
                        list()));
        return Command.named("snapshot")
                .topic(Topic.MACHINE)
                .usage("snapshot save|load|delete NAME")
                .usage("snapshot list")
                .summary("save the whole machine, and bring it back")
                .help("Memory, CPUs and devices are saved; breakpoints are kdive's and stay as they are now.")
                .completes(words)
                .runs(words);
    }

    /** What a snapshot word does with its name. */
    private interface Naming {
        void apply(Hypervisor hypervisor, String name);
    }

    private static Command named(String word, String summary, Naming action) {
        return Command.named(word)
                .usage("snapshot " + word + " NAME")
                .summary(summary)
                .runs((session, arguments, output) -> {
                    String name = name(arguments, word);
                    action.apply(session.hypervisor(), name);
                    output.line("Snapshot %s %s", name, word.equals("save") ? "saved" : "deleted");
                });
    }

    private static String name(Arguments arguments, String word) {
        return arguments
                .word(0)
                .orElseThrow(() -> new SessionException(
                        "snapshot %s: which name?".formatted(word),
                        new SessionFailure.Usage("snapshot " + word + " NAME")));
    }

    private static Command list() {
        return Command.named("list")
                .usage("snapshot list")
                .summary("the saved machines")
                .runs((session, arguments, output) -> {
                    List<Blocks.Snapshot> all = session.hypervisor().listSnapshots();
                    if (all.isEmpty()) {
                        output.line("No snapshots.");
                    }
                    for (Blocks.Snapshot one : all) {
                        output.line(
                                "%-20s %s  %6.1f MiB  guest time %.3f s",
                                one.tag(),
                                TIME.format(one.taken()),
                                one.vmStateBytes() / 1048576.0,
                                one.guestTime().toNanos() / 1e9);
                    }
                });
    }

    private static Command share() {
        Subcommands words = new Subcommands("share", List.of(shareAdd(), shareRemove(), shareList()));
        return Command.named("share")
                .topic(Topic.MACHINE)
                .usage("share add DIRECTORY [TAG] [ro|plain]")
                .usage("share remove TAG")
                .usage("share list")
                .summary("share a directory of the host with the guest by virtio-9p, while it runs")
                .help("""
                        A root that kdive made mounts it at /mnt/TAG, and /mnt/share leads to the first. In another root the
                        shell on the console is made to: when a prompt stands there and the guest is quiet, kdive types a
                        line that only a shell answers, then the mount, and tells how that went (expect notice share). It
                        types nothing while you have the console, or have typed half a line. share remove unmounts what was
                        mounted so. By hand: mount -t 9p -o trans=virtio,version=9p2000.L TAG /mnt
                        A kernel that has 9p in modules needs them in its root: --share at boot lays those of a kernel known
                        by name into /.kdive of an --initrd of your own.
                        Owners, modes and devices that the guest makes are kept in extended attributes, and its files are 0600
                        here; plain gives the files themselves the guest's modes.""")
                .completes(words)
                .runs(words);
    }

    private static Command shareAdd() {
        return Command.named("add")
                .usage("share add DIRECTORY [TAG] [ro|plain]")
                .summary("plug a virtio-9p device that exports the directory")
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    if (words.isEmpty() || words.size() > 3) {
                        throw new SessionException(
                                "share add: which directory?",
                                new SessionFailure.Usage("share add DIRECTORY [TAG] [ro|plain]"));
                    }
                    Path directory = Path.of(words.get(0)).toAbsolutePath();
                    Share.Access access = words.size() > 1
                            ? ACCESS.getOrDefault(words.get(words.size() - 1), Share.Access.MAPPED)
                            : Share.Access.MAPPED;
                    String tag = words.size() > 1 && !ACCESS.containsKey(words.get(1))
                            ? words.get(1)
                            : String.valueOf(directory.getFileName());
                    Optional<String> gap = session.hypervisor().addShare(new Share(directory, tag, access));
                    output.line("%s is shared as %s", directory, tag);
                    gap.ifPresent(why -> output.line("Note: %s", why));
                });
    }

    private static Command shareRemove() {
        return Command.named("remove")
                .usage("share remove TAG")
                .summary("unplug a share; the guest must have unmounted it")
                .runs((session, arguments, output) -> {
                    String tag = arguments
                            .word(0)
                            .orElseThrow(() -> new SessionException(
                                    "share remove: which tag?", new SessionFailure.Usage("share remove TAG")));
                    session.hypervisor().removeShare(tag, LET_GO);
                    output.line("%s is no longer shared", tag);
                });
    }

    private static Command shareList() {
        return Command.named("list")
                .usage("share list")
                .summary("the directories shared now")
                .runs((session, arguments, output) -> {
                    var shares = session.hypervisor().shares().list();
                    if (shares.isEmpty()) {
                        output.line("Nothing is shared.");
                    }
                    shares.forEach(share -> output.line(
                            "%-16s %s%s",
                            share.tag(),
                            share.directory(),
                            switch (share.access()) {
                                case MAPPED -> "";
                                case PLAIN -> " (plain)";
                                case READ_ONLY -> " (read-only)";
                            }));
                });
    }
}
