package org.kdive.command;

import java.util.Optional;
import org.kdive.images.arch.RegisterDecoder;
import org.kdive.images.types.IntType;
import org.kdive.session.Stop;
import org.kdive.session.expression.Place;
import org.kdive.session.expression.Value;

/** {@code $eflags} as gdb shows it: {@code [ IF ZF PF ]}. */
final class RegisterFlags {
    private RegisterFlags() {}

    /** Empty for what is no register of flags, and where a format asks for the number. */
    static Optional<String> text(Stop stop, Value value, char format) {
        if (format != ' ' || !(value.place() instanceof Place.InRegister register)) {
            return Optional.empty();
        }
        // the target description calls plain registers int or int64, and those of flags by a name of their own
        boolean isPlain = !(value.type() instanceof IntType type) || type.name().matches("(u?int\\d*(_t)?|long)");
        return isPlain
                ? Optional.empty()
                : RegisterDecoder.find(stop.architecture())
                        .flatMap(decoder -> decoder.decode(register.name(), value.bits()));
    }
}
