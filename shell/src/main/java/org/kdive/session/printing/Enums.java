package org.kdive.session.printing;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.kdive.images.types.EnumType;
import org.kdive.images.types.Enumerator;

/** Constants by their names, and sets of flags as {@code (A | B)}. */
final class Enums {
    private Enums() {}

    static String text(EnumType type, long value) {
        Optional<Enumerator> exact = type.findByValue(value);
        if (exact.isPresent()) {
            return exact.get().name();
        }
        return isFlags(type)
                ? flags(type, value)
                : type.isSigned() ? Long.toString(value) : Long.toUnsignedString(value);
    }

    // as gdb tells: no constant is negative, and none has bits that are apart from each other
    private static boolean isFlags(EnumType type) {
        return type.enumerators().stream().allMatch(constant -> constant.value() >= 0 && isOneRun(constant.value()));
    }

    private static boolean isOneRun(long bits) {
        return bits == 0
                || Long.bitCount(bits) == 64 - Long.numberOfLeadingZeros(bits) - Long.numberOfTrailingZeros(bits);
    }

    private static String flags(EnumType type, long value) {
        if (value == 0) {
            return "0";
        }
        List<String> names = new ArrayList<>();
        long left = value;
        for (Enumerator constant : type.enumerators()) {
            if ((left & constant.value()) != 0) {
                names.add(constant.name());
                left &= ~constant.value();
            }
        }
        if (left != 0) {
            names.add("unknown: 0x" + Long.toHexString(left));
        }
        return "(" + String.join(" | ", names) + ")";
    }
}
