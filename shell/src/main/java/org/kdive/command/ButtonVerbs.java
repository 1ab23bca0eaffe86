package org.kdive.command;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.kdive.qmp.QmpSchema;
import org.kdive.qmp.QmpType;
import org.kdive.session.MonitorDesk;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The verbs that press something: keys, the NMI button, the power button. */
final class ButtonVerbs {
    private ButtonVerbs() {}

    static List<Command> all() {
        return List.of(sendkey(), nmi(), powerdown());
    }

    private static Command sendkey() {
        return Command.named("sendkey")
                .topic(Topic.MACHINE)
                .usage("sendkey KEY[-KEY...]")
                .summary("press keys of the machine's keyboard together: sendkey ctrl-alt-delete")
                .help(
                        "The keys have QEMU's names, which Tab completes. The serial console has no such keyboard: send types"
                                + " there.")
                .completes(ButtonVerbs::candidates)
                .runs((session, arguments, output) -> {
                    MonitorDesk monitors = session.hypervisor().monitors();
                    monitors.call("send-key", Map.of("keys", keys(monitors.schema(), arguments.tail())));
                });
    }

    static List<Map<String, String>> keys(QmpSchema schema, String typed) {
        List<String> known = names(schema);
        List<Map<String, String>> keys = new ArrayList<>();
        for (String key : typed.split("-", -1)) {
            if (!known.contains(key)) {
                throw new SessionException(
                        "sendkey: no key \"%s\"%s"
                                .formatted(
                                        key,
                                        Nearest.to(key, known)
                                                .map(near -> "; did you mean " + near + "?")
                                                .orElse("; Tab lists them")),
                        new SessionFailure.Usage("sendkey KEY[-KEY...]"));
            }
            keys.add(Map.of("type", "qcode", "data", key));
        }
        return keys;
    }

    /** QKeyCode of qapi/ui.json, found where send-key takes it: keys, a list of unions, whose qcode has the name. */
    private static List<String> names(QmpSchema schema) {
        return schema.findCommand("send-key")
                .flatMap(command -> QmpSchema.find(command.arguments().members(), "keys"))
                .map(keys -> schema.type(keys.type()))
                .filter(QmpType.ListOf.class::isInstance)
                .map(list -> schema.type(((QmpType.ListOf) list).element()))
                .filter(QmpType.Struct.class::isInstance)
                .map(union -> schema.type(((QmpType.Struct) union).variants().getOrDefault("qcode", "")))
                .filter(QmpType.Struct.class::isInstance)
                .flatMap(wrapper -> QmpSchema.find(((QmpType.Struct) wrapper).members(), "data"))
                .map(data -> schema.type(data.type()).choices(schema))
                .orElse(List.of());
    }

    private static List<String> candidates(Session session, Arguments typed) {
        String word = typed.lastWord();
        String before = word.substring(0, word.lastIndexOf('-') + 1);
        return names(session.hypervisor().monitors().schema()).stream()
                .map(key -> before + key)
                .filter(key -> key.startsWith(word))
                .toList();
    }

    private static Command nmi() {
        return Command.named("nmi")
                .topic(Topic.MACHINE)
                .usage("nmi")
                .summary("press the NMI button, where the machine has one")
                .help("A kernel says so in its log, and panics with --append unknown_nmi_panic.")
                .runs((session, arguments, output) ->
                        session.hypervisor().monitors().call("inject-nmi", Map.of()));
    }

    private static Command powerdown() {
        return Command.named("powerdown")
                .topic(Topic.MACHINE)
                .usage("powerdown")
                .summary("press the power button; the guest shuts down if it listens to it")
                .runs((session, arguments, output) ->
                        session.hypervisor().monitors().call("system_powerdown", Map.of()));
    }
}
