package org.kdive.session.monitor;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;

/**
 * A stopped guest's memory out of QEMU's monitor: into a file of ours where QEMU runs on this host and may write it, else as
 * text. QEMU translates; what is not mapped is refused. Kept until the guest runs. The stub's thread.
 */
final class MonitorMemory {
    /** What is fetched at once, if all of it is mapped. */
    private static final int BLOCK_BYTES = 1 << 16;

    private static final int WORD_BYTES = 8;
    private static final int TEXT_BYTES = 4096; // 22 KiB of text, some 2 ms (QEMU 7.2)

    private record Block(int cpu, boolean physical, long address) {}

    private final QmpClient qmp;
    private final Path file;
    private final Map<Block, byte[]> blocks = new HashMap<>(); // an empty array: not all of it is mapped
    private final boolean byFile;

    MonitorMemory(QmpClient qmp, Path directory) {
        this.qmp = qmp;
        this.file = directory.resolve("memory");
        this.byFile = isWritten();
    }

    // a QEMU of another user, in a container or on another host writes elsewhere or not at all
    private boolean isWritten() {
        try {
            return fromFile("pmemsave", Map.of("val", 0, "size", WORD_BYTES, "filename", file.toString()), WORD_BYTES)
                    .isPresent();
        } catch (QmpException e) {
            return false;
        }
    }

    /** How it is read, for the user. */
    String how() {
        return byFile ? "memsave" : "x";
    }

    void forget() {
        blocks.clear();
    }

    /** Empty where the first byte cannot be read; never across a page, so short of nothing else. */
    Optional<byte[]> read(int cpu, boolean physical, long address, int length) {
        if (!byFile) {
            return text(cpu, physical, address, length);
        }
        long start = address & -BLOCK_BYTES;
        int offset = (int) (address - start);
        if (offset + length <= BLOCK_BYTES) {
            byte[] block = blocks.computeIfAbsent(
                    new Block(cpu, physical, start),
                    wanted -> save(cpu, physical, start, BLOCK_BYTES).orElse(new byte[0]));
            if (block.length > 0) {
                return Optional.of(Arrays.copyOfRange(block, offset, offset + length));
            }
        }
        return save(cpu, physical, address, length);
    }

    private Optional<byte[]> save(int cpu, boolean physical, long address, int length) {
        String name = file.toString();
        // a signed number in QEMU 7.2, an unsigned one that may be written signed later: qapi/machine.json
        return physical
                ? fromFile("pmemsave", Map.of("val", address, "size", length, "filename", name), length)
                : fromFile(
                        "memsave", Map.of("val", address, "size", length, "filename", name, "cpu-index", cpu), length);
    }

    private Optional<byte[]> fromFile(String command, Map<String, ?> arguments, int length) {
        try {
            qmp.call(command, arguments);
            byte[] bytes = Files.readAllBytes(file);
            return bytes.length == length ? Optional.of(bytes) : Optional.empty();
        } catch (QmpException e) {
            if (!isRefusal(e)) {
                throw e;
            }
            return Optional.empty(); // "Invalid addr 0x.../size ... specified"
        } catch (IOException e) {
            return Optional.empty();
        } finally {
            delete();
        }
    }

    private static boolean isRefusal(QmpException e) {
        return e.failure() instanceof QmpFailure.Refused;
    }

    private void delete() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            // it goes with its directory, or is another's
        }
    }

    private Optional<byte[]> text(int cpu, boolean physical, long address, int length) {
        long start = address & -WORD_BYTES;
        int offset = (int) (address - start);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(length);
        while (bytes.size() < offset + length) {
            int words = Math.min(TEXT_BYTES, offset + length - bytes.size() + WORD_BYTES - 1) / WORD_BYTES;
            String line = "%s /%dxg 0x%x".formatted(physical ? "xp" : "x", words, start + bytes.size());
            byte[] some = parsed(ask(cpu, line), words);
            if (some == null) {
                return Optional.empty();
            }
            bytes.writeBytes(some);
        }
        return Optional.of(Arrays.copyOfRange(bytes.toByteArray(), offset, offset + length));
    }

    private String ask(int cpu, String line) {
        return qmp.call("human-monitor-command", Map.of("command-line", line, "cpu-index", cpu))
                .text();
    }

    // 0000000000000010: 0xf000ff54f000ff53 0xf000ff53f000ff53        or, somewhere: Cannot access memory
    static byte @Nullable [] parsed(String text, int words) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(words * WORD_BYTES);
        for (String line : text.lines().toList()) {
            int colon = line.indexOf(": 0x");
            if (colon < 0) {
                continue;
            }
            for (String word : line.substring(colon + 2).strip().split(" +", -1)) {
                long value = Long.parseUnsignedLong(word.substring(2), 16);
                for (int i = 0; i < WORD_BYTES; i++) {
                    bytes.write((int) (value >>> 8 * i));
                }
            }
        }
        return bytes.size() == words * WORD_BYTES ? bytes.toByteArray() : null;
    }
}
