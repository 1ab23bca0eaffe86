package org.kdive.command;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.kdive.qmp.QmpException;
import org.kdive.session.Hotplug;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** {@code device} and {@code disk}: hardware that comes and goes. */
final class DeviceVerbs {
    private static final Duration LET_GO = Duration.ofSeconds(10);
    // name "virtio-blk-pci", bus PCI, alias "virtio-blk", desc "...", no-user
    private static final Pattern DRIVER = Pattern.compile("(?m)^name \"([^\"]+)\"(.*)$");

    private DeviceVerbs() {}

    static List<Command> all() {
        return List.of(device(), disk());
    }

    private static Command device() {
        Subcommands words = new Subcommands("device", List.of(deviceAdd(), deviceDel()));
        return Command.named("device")
                .topic(Topic.MACHINE)
                .usage("device add DRIVER [PROPERTY=VALUE...]")
                .usage("device del ID")
                .summary("plug a device into the machine, or out of it")
                .help("""
                        Drivers, properties and names are completed from the QEMU that runs. A PCIe machine takes the device at a
                        free root port. A guest lets a device go only while it runs.
                          device add virtio-rng-pci
                          device add e1000 id=net1 mac=52:54:00:12:34:56
                          device del net1""")
                .completes(words)
                .runs(words);
    }

    private static Command deviceAdd() {
        return Command.named("add")
                .usage("device add DRIVER [PROPERTY=VALUE...]")
                .summary("plug a device in")
                .completes(DeviceVerbs::addCandidates)
                .runs((session, arguments, output) -> {
                    Arguments rest = arguments.shift();
                    if (rest.verb().isEmpty()) {
                        throw usage(
                                "device add: which driver? Tab lists them", "device add DRIVER [PROPERTY=VALUE...]");
                    }
                    Map<String, String> properties = QmpLine.pairs("device add " + rest.verb(), rest.tail());
                    String id = added(session, rest.verb(), properties);
                    output.line("Device %s is plugged in; device del %s takes it out", id, id);
                });
    }

    private static String added(Session session, String driver, Map<String, String> properties) {
        Hotplug hotplug = session.hypervisor().hotplug();
        if (session.hypervisor().monitors().hasQmp()) {
            known(session, driver);
            Map<String, Hotplug.Property> all = hotplug.properties(driver);
            for (String name : properties.keySet()) {
                if (!all.containsKey(name) && !List.of("id", "bus").contains(name)) {
                    throw usage(
                            "device add %s: no property %s%s"
                                    .formatted(
                                            driver,
                                            name,
                                            Nearest.to(name, all.keySet())
                                                    .map(near -> "; did you mean " + near + "?")
                                                    .orElse("; Tab lists them")),
                            "device add DRIVER [PROPERTY=VALUE...]");
                }
            }
        }
        return hotplug.add(driver, properties);
    }

    private static void known(Session session, String driver) {
        try {
            session.hypervisor().hotplug().properties(driver);
        } catch (QmpException e) {
            throw usage(
                    "device add: QEMU has no driver %s%s"
                            .formatted(
                                    driver,
                                    Nearest.to(driver, drivers(session))
                                            .map(near -> "; did you mean " + near + "?")
                                            .orElse("; Tab lists them")),
                    "device add DRIVER [PROPERTY=VALUE...]");
        }
    }

    private static List<String> drivers(Session session) {
        return DRIVER.matcher(session.hypervisor().monitor("info qdm"))
                .results()
                .filter(line -> !line.group(2).endsWith("no-user"))
                .map(line -> line.group(1))
                .sorted()
                .toList();
    }

    private static List<String> addCandidates(Session session, Arguments typed) {
        if (typed.lastWord().length() == typed.tail().length()) {
            return beginning(drivers(session).stream(), typed.tail());
        }
        Map<String, Hotplug.Property> all =
                session.hypervisor().hotplug().properties(typed.shift().verb());
        String word = typed.lastWord();
        int equals = word.indexOf('=');
        if (equals < 0) {
            Stream<String> names = Stream.concat(Stream.of("id", "bus"), all.keySet().stream());
            return beginning(names.distinct().map(name -> name + "="), word);
        }
        String name = word.substring(0, equals);
        return beginning(values(session, name, all).map(value -> name + "=" + value), word);
    }

    private static Stream<String> values(Session session, String name, Map<String, Hotplug.Property> all) {
        if (name.equals("bus")) {
            return session.hypervisor().hotplug().named().entrySet().stream()
                    .filter(device -> device.getValue().equals("pcie-root-port"))
                    .map(Map.Entry::getKey);
        }
        Hotplug.Property property = all.get(name);
        if (property == null) {
            return Stream.of();
        }
        // on/off/auto
        Matcher words = Pattern.compile("\\w+(/\\w+)+").matcher(property.description());
        return words.find() ? Stream.of(words.group().split("/")) : Stream.of();
    }

    private static List<String> beginning(Stream<String> candidates, String word) {
        return candidates.filter(one -> one.startsWith(word)).toList();
    }

    private static Command deviceDel() {
        return Command.named("del", "delete", "remove")
                .usage("device del ID")
                .summary("take a device out, once the guest lets it go")
                .completes((session, typed) ->
                        beginning(session.hypervisor().hotplug().named().keySet().stream(), typed.lastWord()))
                .runs((session, arguments, output) -> {
                    Hotplug hotplug = session.hypervisor().hotplug();
                    String id = arguments.tail();
                    if (!hotplug.named().containsKey(id)) {
                        throw usage(
                                "device del: no device \"%s\"; there are %s"
                                        .formatted(
                                                id,
                                                String.join(
                                                        ", ", hotplug.named().keySet())),
                                "device del ID");
                    }
                    gone(
                            session,
                            "device del " + id,
                            patience -> hotplug.remove(id, patience, session::checkInterrupt));
                    output.line("Device %s is gone", id);
                });
    }

    /** A stopped guest lets nothing go; one that runs has a while for it. */
    private static void gone(Session session, String doing, Function<Duration, Boolean> removal) {
        boolean running = session.isRunning();
        if (!removal.apply(running ? LET_GO : Duration.ofMillis(300))) {
            throw new SessionException(
                    running
                            ? "%s: asked, but the guest has not let go of it within %d s: is it in use there?"
                                    .formatted(doing, LET_GO.toSeconds())
                            : doing + ": asked; a stopped guest lets nothing go: continue &, and again",
                    new SessionFailure.TimedOut(LET_GO));
        }
    }

    private static Command disk() {
        Subcommands words = new Subcommands("disk", List.of(diskAdd(), diskEject()));
        return Command.named("disk")
                .topic(Topic.MACHINE)
                .usage("disk add FILE [ro]")
                .usage("disk eject NAME")
                .summary("give the guest a disk while it is there, and take it back")
                .help(
                        "A raw or qcow2 file becomes a virtio disk, and the guest writes to the file; ro lets it read only."
                                + " info block shows what there is.")
                .completes(words)
                .runs(words);
    }

    private static Command diskAdd() {
        return Command.named("add")
                .usage("disk add FILE [ro]")
                .summary("plug in a virtio disk for a file of the host")
                .runs((session, arguments, output) -> {
                    List<String> words = arguments.words();
                    boolean readOnly = words.size() == 2 && words.get(1).equals("ro");
                    if (words.isEmpty() || words.size() > 2 || words.size() == 2 && !readOnly) {
                        throw usage("disk add: which file?", "disk add FILE [ro]");
                    }
                    Path file = Path.of(words.get(0)).toAbsolutePath();
                    String name = session.hypervisor().hotplug().addDisk(file, readOnly);
                    output.line("%s is plugged in as %s; disk eject %s takes it out", file, name, name);
                });
    }

    private static Command diskEject() {
        return Command.named("eject", "remove")
                .usage("disk eject NAME")
                .summary("take out a disk that was added, once the guest lets it go")
                .completes((session, typed) ->
                        beginning(session.hypervisor().hotplug().disks().keySet().stream(), typed.lastWord()))
                .runs((session, arguments, output) -> {
                    Hotplug hotplug = session.hypervisor().hotplug();
                    String name = arguments.tail();
                    gone(
                            session,
                            "disk eject " + name,
                            patience -> hotplug.ejectDisk(name, patience, session::checkInterrupt));
                    output.line("%s is gone", name);
                });
    }

    private static SessionException usage(String message, String usage) {
        return new SessionException(message, new SessionFailure.Usage(usage));
    }
}
