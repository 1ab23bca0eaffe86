package org.kdive.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.kdive.images.Architecture;
import org.kdive.images.Program;
import org.kdive.session.expression.Expression;
import org.kdive.session.expression.Types;

/** Expressions parsed once: a breakpoint's condition is asked at every hit. Session thread. */
final class Expressions {
    private static final int MOST_KEPT = 4096;

    private final Types types;
    private final Map<String, Expression> parsed = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Expression> eldest) {
            return size() > MOST_KEPT;
        }
    };

    Expressions(Architecture architecture, Supplier<Optional<Program>> program) {
        this.types = new Types(architecture, () -> program.get().flatMap(Program::types));
    }

    Types types() {
        return types;
    }

    /** Names mean something else now: another module is there, or one is gone. */
    void forget() {
        parsed.clear();
    }

    /** Throws Usage and NoSymbol, with a caret. */
    Expression parse(String text) {
        Expression known = parsed.get(text);
        if (known == null) {
            known = Expression.parse(text, types);
            parsed.put(text, known);
        }
        return known;
    }
}
