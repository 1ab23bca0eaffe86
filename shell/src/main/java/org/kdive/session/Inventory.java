package org.kdive.session;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspException;
import org.kdive.images.ImageException;
import org.kdive.images.linux.LiveKernel;
import org.kdive.images.linux.Modules;
import org.kdive.images.linux.Tasks;

/**
 * What there was at one stop, for a later comparison. Immutable.
 *
 * @param registers of the current CPU, as hex digits, in the stub's order
 * @param tasks names by address and pid; null where the kernel cannot be asked: before it is up, or without types
 * @param modules their names; null where the kernel cannot be asked
 */
record Inventory(
        Map<String, String> registers,
        @Nullable Map<String, String> tasks,
        @Nullable Map<String, String> modules) {

    static Inventory of(Stop stop, Target target) {
        Map<String, String> registers = new LinkedHashMap<>();
        stop.registers()
                .present()
                .forEach(register -> stop.registers()
                        .value(register.name())
                        .ifPresent(value -> registers.put(register.name(), "0x" + value.toString(16))));
        return new Inventory(
                registers,
                ofKernel(() -> tasks(stop.kernel().live())).orElse(null),
                ofKernel(() -> modules(stop.kernel().live())).orElse(null));
    }

    private static Map<String, String> tasks(LiveKernel kernel) {
        Map<String, String> tasks = new TreeMap<>();
        Tasks.of(kernel)
                .all()
                .forEach(task -> tasks.put(
                        "%x.%d".formatted(task.address(), task.pid()), "%d %s".formatted(task.pid(), task.comm())));
        return tasks;
    }

    private static Map<String, String> modules(LiveKernel kernel) {
        Map<String, String> modules = new TreeMap<>();
        Modules.of(kernel).all().forEach(module -> modules.put(module.name(), module.name()));
        return modules;
    }

    private static Optional<Map<String, String>> ofKernel(Supplier<Map<String, String>> look) {
        try {
            return Optional.of(look.get());
        } catch (ImageException | SessionException | RspException e) {
            return Optional.empty(); // not up yet, or no image, or no types: there is nothing to compare
        }
    }
}
