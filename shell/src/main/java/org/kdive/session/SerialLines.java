package org.kdive.session;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.regex.Pattern;
import org.kdive.machine.Console;
import org.kdive.machine.Machine;
import org.kdive.qmp.QmpException;

/** The guest's serial lines: the machine's own, and those that were plugged in as pci-serial. Session thread. */
final class SerialLines implements AutoCloseable {
    private static final Pattern NAME =
            Pattern.compile("[a-zA-Z][a-zA-Z0-9_-]{0,30}"); // an id of QEMU's, and not a number
    private static final List<String> TAKEN = List.of("add", "list", "search", "tail"); // the second words of console

    private static final String KEPT = "serials";
    private static final int MOST = 8; // no kernel has more ports unasked: CONFIG_SERIAL_8250_NR_UARTS

    private final List<SerialLine> lines = new ArrayList<>();

    /** Keeps with a checkpoint which lines the machine has besides the console, in the order in which they were plugged in. */
    void write(Properties facts) {
        facts.setProperty(KEPT, String.join(" ", names().subList(1, lines.size())));
    }

    /** What {@link #write} kept; each name is looked at when the line is plugged in. */
    static List<String> of(Properties facts) {
        return Pattern.compile(" ")
                .splitAsStream(facts.getProperty(KEPT, ""))
                .filter(name -> !name.isEmpty())
                .limit(MOST)
                .toList();
    }

    void first(Console console) {
        lines.clear();
        lines.add(new SerialLine(0, Machine.CONSOLE_CHARDEV, Machine.CONSOLE_CHARDEV, console));
    }

    List<SerialLine> all() {
        return List.copyOf(lines);
    }

    SerialLine require(String nameOrNumber) {
        return lines.stream()
                .filter(line -> line.name().equals(nameOrNumber)
                        || Integer.toString(line.number()).equals(nameOrNumber))
                .findFirst()
                .orElseThrow(() -> new SessionException(
                        "console %s: no such line; there are %s, and console add NAME plugs one in"
                                .formatted(nameOrNumber, names()),
                        new SessionFailure.Usage("console list")));
    }

    private List<String> names() {
        return lines.stream().map(SerialLine::name).toList();
    }

    SerialLine add(String name, Hypervisor hypervisor) {
        if (!NAME.matcher(name).matches() || TAKEN.contains(name) || names().contains(name)) {
            throw new SessionException(
                    "console add %s: a name is letters, digits, - and _, a letter first, and none of %s, %s"
                            .formatted(name, names(), TAKEN),
                    new SessionFailure.Usage("console add NAME"));
        }
        Path directory = hypervisor.requireMachineFor("console add").runDirectory();
        String chardev = "serial-" + name;
        try {
            Console console = plug(chardev, directory, hypervisor);
            SerialLine line = new SerialLine(lines.get(lines.size() - 1).number() + 1, name, chardev, console);
            lines.add(line);
            return line;
        } catch (IOException e) {
            throw new SessionException(
                    "console add %s: %s".formatted(name, e.getMessage()), new SessionFailure.Io(name), e);
        }
    }

    // QEMU connects to our listener, as for the console: nothing the guest says first is missed
    private static Console plug(String chardev, Path directory, Hypervisor hypervisor) throws IOException {
        Path socket = directory.resolve(chardev);
        try (ServerSocketChannel listener = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            listener.bind(UnixDomainSocketAddress.of(socket));
            Map<String, Object> address = Map.of("type", "unix", "data", Map.of("path", socket.toString()));
            Map<String, Object> backend = Map.of("type", "socket", "data", Map.of("addr", address, "server", false));
            hypervisor.monitors().call("chardev-add", Map.of("id", chardev, "backend", backend));
            Console console = Console.over(listener.accept(), directory.resolve(chardev + ".log"));
            try {
                hypervisor.hotplug().add("pci-serial", Map.of("id", chardev + "-port", "chardev", chardev));
            } catch (RuntimeException e) {
                console.close();
                takeBack(chardev, hypervisor);
                throw e;
            }
            return console;
        } finally {
            Files.deleteIfExists(socket);
        }
    }

    private static void takeBack(String chardev, Hypervisor hypervisor) {
        try {
            hypervisor.monitors().call("chardev-remove", Map.of("id", chardev));
        } catch (QmpException e) {
            // why the device was refused is what is told
        }
    }

    /** The first is the machine's to close. */
    @Override
    public void close() {
        lines.stream().skip(1).forEach(line -> line.console().close());
        lines.clear();
    }
}
