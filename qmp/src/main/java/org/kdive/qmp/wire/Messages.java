package org.kdive.qmp.wire;

import java.util.LinkedHashMap;
import java.util.Map;
import org.kdive.qmp.QmpValue;

/** The one message a client sends. QEMU docs/interop/qmp-spec, "Issuing Commands". */
final class Messages {
    private Messages() {}

    /** Without its id: what a user is shown. */
    static QmpValue command(String name, QmpValue arguments) {
        return new QmpValue.Members(members(name, arguments));
    }

    static QmpValue command(String name, QmpValue arguments, long id) {
        Map<String, QmpValue> members = members(name, arguments);
        members.put("id", QmpValue.of(id));
        return new QmpValue.Members(members);
    }

    private static Map<String, QmpValue> members(String name, QmpValue arguments) {
        Map<String, QmpValue> members = new LinkedHashMap<>();
        members.put("execute", QmpValue.of(name));
        if (!arguments.map().isEmpty()) {
            members.put("arguments", arguments);
        }
        return members;
    }
}
