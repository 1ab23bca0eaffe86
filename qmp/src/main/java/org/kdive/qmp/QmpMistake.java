package org.kdive.qmp;

import java.util.List;

/** What is wrong with a command that was not sent, by QEMU's own schema. A path is dotted: {@code file.driver}. */
public sealed interface QmpMistake {
    /** QEMU has no such command. */
    record NoCommand(String name) implements QmpMistake {}

    /** No such argument; {@code known} are those that there are at this place. */
    record Unknown(String path, List<String> known) implements QmpMistake {
        public Unknown {
            known = List.copyOf(known);
        }
    }

    /** An argument that must be there. */
    record Missing(String path, QmpType wanted) implements QmpMistake {}

    /** A value that the argument cannot have. */
    record Wrong(String path, QmpType wanted, QmpValue got) implements QmpMistake {}
}
