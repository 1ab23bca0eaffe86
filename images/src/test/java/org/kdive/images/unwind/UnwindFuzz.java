package org.kdive.images.unwind;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.kdive.images.ImageException;
import org.kdive.images.Memory;
import org.kdive.images.bytes.Bytes;

/** Tables, stacks and registers of noise: every walk ends within its limit. */
final class UnwindFuzz {
    private static final int LIMIT = 64;
    private static final long TEXT = 0xffffffff81000000L;

    @Test
    void endsOnAnyStack() {
        Random random = new Random(99);
        long frames = 0;
        for (int round = 0; round < 20_000; round++) {
            Memory memory = noise(random);
            for (Unwinder unwinder : all(random, memory)) {
                RegisterValues registers = registers(random);
                frames += check(unwinder.unwind(registers, LIMIT));
                frames += check(unwinder.unwindSleeping(registers, LIMIT));
            }
        }
        assertThat(frames).isGreaterThan(200_000);
    }

    private static int check(Backtrace trace) {
        assertThat(trace.frames().size()).isBetween(1, LIMIT);
        return trace.frames().size();
    }

    private static List<Unwinder> all(Random random, Memory memory) {
        byte[] ips = new byte[4 * 64];
        byte[] entries = new byte[6 * 64];
        random.nextBytes(entries);
        for (int i = 0; i < 64; i++) {
            ips[4 * i + 1] = (byte) random.nextInt(4);
        }
        OrcVersion[] versions = OrcVersion.values();
        OrcVersion version = versions[random.nextInt(versions.length)];
        OrcTable table = OrcTable.of(Bytes.of("ip", ips), Bytes.of("orc", entries), TEXT, version);
        FunctionStarts starts =
                pc -> random.nextBoolean() ? OptionalLong.of(pc - random.nextInt(64)) : OptionalLong.empty();
        return List.of(
                new OrcUnwinder(table, memory),
                FramePointerUnwinder.arm64(
                        memory, starts, random.nextInt(30, 56), Optional.of(Arm64ExceptionsTest.PT_REGS)),
                FramePointerUnwinder.x86(memory, starts),
                FramePointerUnwinder.riscv64(memory, starts));
    }

    private static RegisterValues registers(Random random) {
        Map<String, Long> values = new HashMap<>();
        for (String name :
                List.of("rip", "rsp", "rbp", "r10", "r13", "rdi", "rdx", "pc", "sp", "fp", "x29", "x30", "ra")) {
            if (random.nextInt(8) != 0) {
                values.put(name, word(random));
            }
        }
        values.put("cs", 0x10L);
        values.put("cpsr", 5L);
        values.put("SPSR_EL1", (long) random.nextInt(2) * 5);
        values.put("VBAR", TEXT + random.nextInt(1200));
        return RegisterValues.of(values);
    }

    private static long word(Random random) {
        return switch (random.nextInt(4)) {
            case 0 -> TEXT + random.nextInt(1200);
            case 1 -> random.nextLong();
            default -> 0xffffc90000000000L + 8L * random.nextInt(512);
        };
    }

    private static Memory noise(Random random) {
        return (address, length) -> {
            if (random.nextInt(40) == 0) {
                throw ImageException.memoryFault(address);
            }
            java.nio.ByteBuffer bytes =
                    java.nio.ByteBuffer.allocate(length + 8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            while (bytes.position() < length) {
                bytes.putLong(word(random));
            }
            return java.util.Arrays.copyOf(bytes.array(), length);
        };
    }
}
