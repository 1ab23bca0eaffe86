package org.kdive.command;

import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.kdive.images.arch.RegisterDecoder;
import org.kdive.session.Stop;
import org.kdive.session.X86Descriptors;
import org.kdive.session.X86Descriptors.Segment;
import org.kdive.session.X86Descriptors.Table;

/** Registers that the stub does not have and QEMU's monitor prints: x86's tables, task register and debug registers. */
final class UntoldRegisters {
    private final Stop stop;
    private Optional<X86Descriptors> known = Optional.empty();
    private boolean asked; // it is a question to the monitor

    UntoldRegisters(Stop stop) {
        this.stop = stop;
    }

    private Optional<X86Descriptors> known() {
        if (!asked) {
            asked = true;
            known = X86Descriptors.of(stop);
        }
        return known;
    }

    /** For a segment register that the stub has: what the processor keeps beside the selector. */
    String hiddenPart(String register) {
        boolean isSegment = register.matches("[cdefgs]s");
        return isSegment
                ? known().map(all -> all.segments().get(register))
                        .map(segment -> " " + segment)
                        .orElse("")
                : "";
    }

    /** One by its name, or all of the group {@code system}; false when there is none such. */
    boolean show(String name, Output output) {
        if (!name.matches("system|[gil]dtr?|tr|dr[0-7]") || known().isEmpty()) {
            return false;
        }
        X86Descriptors all = known().get();
        for (String one : List.of("gdt", "idt")) {
            Table table = all.tables().get(one);
            if (table != null && isMeant(name, one)) {
                line(one + "r", "0x%x".formatted(table.base()), "limit=0x%x".formatted(table.limit()), output);
            }
        }
        for (String one : List.of("ldt", "tr")) {
            Segment segment = all.segments().get(one);
            if (segment != null && isMeant(name, one)) {
                String register = one.equals("tr") ? one : one + "r";
                line(register, "0x%x".formatted(segment.selector()), segment.toString(), output);
            }
        }
        new TreeMap<>(all.debug()).forEach((one, value) -> {
            if (isMeant(name, one)) {
                String bits = RegisterDecoder.x86().decode(one, value).orElseGet(() -> place(value));
                line(one, "0x%x".formatted(value), bits, output);
            }
        });
        return true;
    }

    private String place(long value) {
        return value == 0 ? "" : stop.describe(value);
    }

    private static boolean isMeant(String asked, String one) {
        return asked.equals("system") || asked.equals(one) || asked.equals(one + "r");
    }

    private static void line(String name, String value, String meaning, Output output) {
        output.line("%s%-19s%s", output.styled(Output.Style.REGISTER, "%-14s ".formatted(name)), value, meaning);
    }
}
