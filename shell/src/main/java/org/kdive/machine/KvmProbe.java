package org.kdive.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * Whether a guest really runs under an accelerator. Hosts exist where /dev/kvm opens, QEMU starts, and no virtual CPU
 * ever executes anything; so one is made to say a word.
 */
final class KvmProbe {
    private static final Duration DEADLINE = Duration.ofSeconds(5);
    private static final int FIRMWARE_BYTES = 1 << 16;
    private static final int RESET_VECTOR = FIRMWARE_BYTES - 16;
    private static final int WORD = 0x10;
    // hw/misc/debugexit.c: QEMU exits with (value << 1) | 1.
    private static final int STATUS = WORD << 1 | 1;
    private static final byte[] CODE = {
        (byte) 0xba,
        0x01,
        0x05, // mov dx, 0x501    isa-debug-exit's default port
        (byte) 0xb0,
        WORD, // mov al, 0x10
        (byte) 0xee, // out dx, al
        (byte) 0xf4, // hlt
        (byte) 0xeb,
        (byte) 0xfd // jmp to the hlt
    };

    private KvmProbe() {}

    static void require(String qemu) {
        String why = probe(qemu, Accelerator.KVM, DEADLINE);
        if (!why.isEmpty()) {
            throw new MachineException(
                    "use KVM: %s; --accel tcg works everywhere".formatted(why), new MachineFailure.KvmUnusable(why));
        }
    }

    /** Empty when an x86 guest runs; else why not. */
    static String probe(String qemu, Accelerator accelerator, Duration deadline) {
        RunDirectory run = RunDirectory.create();
        try {
            Path firmware = run.path().resolve("probe.bin");
            Files.write(firmware, firmware());
            return run(commandLine(qemu, accelerator, firmware), run.path(), deadline);
        } catch (IOException e) {
            return "the probe could not be written: " + e;
        } finally {
            run.remove();
        }
    }

    private static byte[] firmware() {
        return ByteBuffer.allocate(FIRMWARE_BYTES).put(RESET_VECTOR, CODE).array();
    }

    private static List<String> commandLine(String qemu, Accelerator accelerator, Path firmware) {
        return List.of(
                qemu,
                "-nodefaults",
                "-no-user-config",
                "-display",
                "none",
                "-machine",
                "pc",
                "-accel",
                accelerator.word(),
                "-m",
                "8M",
                "-bios",
                firmware.toString(),
                "-device",
                "isa-debug-exit");
    }

    private static String run(List<String> commandLine, Path directory, Duration deadline) {
        Supervisor supervisor = Supervisor.start(commandLine, directory);
        try {
            String why = supervisor.awaitExit(deadline)
                    ? verdict(supervisor.exit().join())
                    : "the device opens, but no guest ran within %d s".formatted(deadline.toSeconds());
            supervisor.end();
            return why;
        } catch (InterruptedException e) {
            supervisor.letGo();
            throw Waits.interrupted("probe the accelerator", e);
        }
    }

    private static String verdict(MachineExit exit) {
        return exit.status() == STATUS ? "" : exit.describe();
    }
}
