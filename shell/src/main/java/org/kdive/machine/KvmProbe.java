package org.kdive.machine;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;

/**
 * Whether a 64-bit guest really runs under an accelerator, and at a processor's speed. Hosts exist where /dev/kvm opens
 * and QEMU starts, but no virtual CPU ever executes anything; or each instruction of the guest's kernel mode is
 * emulated, a million a second, and a stock kernel would take minutes to unpack itself. So a guest is made to count and
 * to say a word when it is done.
 */
final class KvmProbe {
    // Counting takes 20 ms on a processor, 60 ms under TCG, half a minute where each instruction is emulated.
    private static final Duration DEADLINE = Duration.ofSeconds(4);
    private static final int FIRMWARE_BYTES = 1 << 16;
    private static final int RESET_VECTOR = FIRMWARE_BYTES - 16;
    // hw/misc/debugexit.c: the guest writes 0x10 and QEMU exits with (value << 1) | 1.
    private static final int STATUS = 0x10 << 1 | 1;

    // Seen from 0xf0000, where the firmware's last 64 KiB are; Intel SDM volume 3, 10.8.5 for the way to 64 bits.
    private static final byte[] CODE = HexFormat.of()
            .parseHex(String.join(
                    "",
                    "31c0", // xor ax, ax
                    "8ed8", // mov ds, ax
                    "8ec0", // mov es, ax
                    "bf0010", // mov di, 0x1000      three page tables, 0x1000 to 0x3fff
                    "b90018", // mov cx, 0x1800
                    "f3ab", // rep stosw
                    "c70600100320", // mov word [0x1000], 0x2003
                    "c70600200330", // mov word [0x2000], 0x3003
                    "c70600308300", // mov word [0x3000], 0x0083      the first 2 MiB as they are
                    "66b800100000", // mov eax, 0x1000
                    "0f22d8", // mov cr3, eax
                    "0f20e0", // mov eax, cr4
                    "0c20", // or al, 0x20      PAE
                    "0f22e0", // mov cr4, eax
                    "66b9800000c0", // mov ecx, 0xc0000080
                    "0f32", // rdmsr
                    "80cc01", // or ah, 1      EFER.LME
                    "0f30", // wrmsr
                    "2e660f01167c00", // lgdt cs:[0x7c]
                    "0f20c0", // mov eax, cr0
                    "660d01000080", // or eax, 0x80000001      PG, PE
                    "0f22c0", // mov cr0, eax
                    "66ea59000f000800", // jmp 0x8:0xf0059
                    "b9002d3101", // 59: mov ecx, 20000000      64-bit from here
                    "ffc9", // dec ecx
                    "75fc", // jnz to the dec
                    "66ba0105", // mov dx, 0x501      isa-debug-exit's default port
                    "b010", // mov al, 0x10
                    "ee", // out dx, al
                    "f4", // hlt
                    "ebfd", // jmp to the hlt
                    "0000000000000000", // 6c: the descriptor table
                    "00000000009b2000", // 64-bit code
                    "0f006c000f00")); // 7c: its limit and address
    private static final byte[] START = HexFormat.of().parseHex("ea000000f0"); // jmp 0xf000:0

    private KvmProbe() {}

    /** Throws {@link MachineFailure.KvmUnusable} unless a guest with that processor runs. */
    static void require(String qemu, String cpu) {
        String why = probe(qemu, Accelerator.KVM, cpu, DEADLINE);
        if (!why.isEmpty()) {
            throw new MachineException(
                    "use KVM: %s; --accel tcg works everywhere".formatted(why), new MachineFailure.KvmUnusable(why));
        }
    }

    /** Empty when an x86-64 guest runs; else why not. */
    static String probe(String qemu, Accelerator accelerator, String cpu, Duration deadline) {
        RunDirectory run = RunDirectory.create();
        try {
            Path firmware = run.path().resolve("probe.bin");
            Files.write(
                    firmware,
                    ByteBuffer.allocate(FIRMWARE_BYTES)
                            .put(CODE)
                            .put(RESET_VECTOR, START)
                            .array());
            return run(commandLine(qemu, accelerator, cpu, firmware), run.path(), deadline);
        } catch (IOException e) {
            return "the probe could not be written: " + e;
        } finally {
            run.remove();
        }
    }

    private static List<String> commandLine(String qemu, Accelerator accelerator, String cpu, Path firmware) {
        String words = "-nodefaults -no-user-config -display none -machine pc -m 8M -device isa-debug-exit";
        List<String> line = new java.util.ArrayList<>(List.of(qemu));
        line.addAll(List.of(words.split(" ", -1)));
        line.addAll(List.of("-accel", accelerator.word(), "-cpu", cpu, "-bios", firmware.toString()));
        return line;
    }

    private static String run(List<String> commandLine, Path directory, Duration deadline) {
        Supervisor supervisor = Supervisor.start(commandLine, directory);
        try {
            String why = supervisor.awaitExit(deadline)
                    ? verdict(supervisor.exit().join())
                    : "QEMU starts, but a guest does next to nothing in %d s".formatted(deadline.toSeconds());
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
