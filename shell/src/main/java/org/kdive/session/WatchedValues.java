package org.kdive.session;

import java.util.Optional;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.ImageException;
import org.kdive.images.types.Type;
import org.kdive.session.expression.Value;

/** What watched places hold at a stop. Session thread. */
final class WatchedValues {
    private final Target target;

    WatchedValues(Target target) {
        this.target = target;
    }

    /** As it is now, and so it stays; empty where nothing can be read. */
    Optional<Value> read(Breakpoint watchpoint, ThreadId thread) {
        try {
            Value value = value(watchpoint, thread);
            return Optional.of(Value.of(value.type(), value.bytes(), value.place(), value.order()));
        } catch (ImageException | SessionException e) {
            return Optional.empty(); // not mapped: before paging is on, or no longer
        }
    }

    private Value value(Breakpoint watchpoint, ThreadId thread) {
        Type type = watchpoint.spec().role() instanceof Role.Watches watches ? watches.type() : null;
        return type == null
                ? target.expression(watchpoint.location()).evaluate(target.scope(thread))
                : Value.inMemory(
                        type,
                        watchpoint.addresses().get(0),
                        target.memory(thread),
                        target.architecture().byteOrder());
    }
}
