package org.kdive.qmp;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.kdive.qmp.RunControl.Plain;

/** The commands that write guest memory to a file. QEMU itself writes it, as its own user. QEMU qapi/dump.json, machine.json. */
public final class GuestDump {
    // Gigabytes to a slow disk; QEMU answers only when the file is whole.
    private static final Duration LONG = Duration.ofMinutes(10);

    private GuestDump() {}

    /** Physical memory, raw. */
    public record PMemSave(long physicalAddress, long sizeBytes, Path file) implements Plain {
        @Override
        public String name() {
            return "pmemsave";
        }

        @Override
        public Map<String, ?> arguments() {
            return memory(physicalAddress, sizeBytes, file).map();
        }

        @Override
        public Optional<Duration> deadline() {
            return Optional.of(LONG);
        }
    }

    /** Virtual memory as one CPU sees it now, raw. */
    public record MemSave(long address, long sizeBytes, Path file, OptionalInt cpuIndex) implements Plain {
        @Override
        public String name() {
            return "memsave";
        }

        @Override
        public Map<String, ?> arguments() {
            return memory(address, sizeBytes, file).and("cpu-index", cpuIndex).map();
        }

        @Override
        public Optional<Duration> deadline() {
            return Optional.of(LONG);
        }
    }

    /** All of the guest as an ELF core or a kdump file; the guest stands still meanwhile. Formats: elf, kdump-zlib. */
    public record DumpGuestMemory(Path file, boolean paging, String format) implements Plain {
        @Override
        public String name() {
            return "dump-guest-memory";
        }

        @Override
        public Map<String, ?> arguments() {
            return QmpArguments.with("paging", paging)
                    .and("protocol", "file:" + file)
                    .and("format", format)
                    .map();
        }

        @Override
        public Optional<Duration> deadline() {
            return Optional.of(LONG);
        }
    }

    // "val" is a signed integer in QEMU 7.2 and an unsigned one in 10.0, which takes the negative spelling as well
    // (qapi/qobject-input-visitor.c, qobject_input_type_uint64).
    private static QmpArguments memory(long address, long sizeBytes, Path file) {
        return QmpArguments.with("val", address).and("size", sizeBytes).and("filename", file.toString());
    }
}
