package org.kdive.machine;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What QEMU writes of resets, {@code -d cpu_reset}: at each the registers of the processor as they were, and before that a
 * line when it is a triple fault (target/i386/tcg/excp_helper.c and helper.c, 7.2 to 10.2). Session thread.
 */
final class ResetLog {
    private static final int MOST_BYTES = 1 << 20;
    private static final Pattern FAULT = Pattern.compile("^Triple fault\\R", Pattern.MULTILINE);
    private static final Pattern CPU = Pattern.compile("^CPU Reset \\(CPU (\\d{1,4})\\)", Pattern.MULTILINE);
    private static final Pattern PC = hex("[RE]IP");
    private static final Pattern SP = hex("[RE]SP");
    private static final Pattern CR2 = hex("CR2");
    private static final Pattern IDT = Pattern.compile("\\bIDT= +[0-9a-f]+ ([0-9a-f]{8})");

    private final Path file;
    private long seen; // bytes
    private long marked; // bytes

    ResetLog(Path file) {
        this.file = file;
    }

    private static Pattern hex(String name) {
        return Pattern.compile("\\b" + name + "=([0-9a-f]{8,16})\\b");
    }

    /** The first triple fault written since the last call that was no way to reset the machine. */
    Optional<TripleFault> next() {
        return first(added());
    }

    /** What is known now is no news to {@link #hasRestarted}. */
    void mark() {
        marked = file.toFile().length();
    }

    /**
     * Whether the machine's first processor was reset since the mark, be it to load a snapshot, of which QEMU tells nobody. The
     * others are reset whenever a kernel starts them.
     */
    boolean hasRestarted() {
        return file.toFile().length() > marked && bytesFrom(marked).contains("CPU Reset (CPU 0)");
    }

    static Optional<TripleFault> first(String log) {
        Matcher fault = FAULT.matcher(log);
        while (fault.find()) {
            Optional<TripleFault> read = read(log.substring(fault.end()));
            if (read.filter(one -> !one.isWanted()).isPresent()) {
                return read;
            }
        }
        return Optional.empty();
    }

    private static Optional<TripleFault> read(String state) {
        Matcher cpu = CPU.matcher(state);
        Matcher idt = IDT.matcher(state);
        Matcher pc = PC.matcher(state);
        Matcher sp = SP.matcher(state);
        Matcher cr2 = CR2.matcher(state);
        if (!cpu.lookingAt() || !idt.find() || !pc.find() || !sp.find() || !cr2.find()) {
            return Optional.empty(); // a QEMU that writes it in another way
        }
        return Optional.of(new TripleFault(
                Integer.parseInt(cpu.group(1)),
                Long.parseUnsignedLong(pc.group(1), 16),
                Long.parseUnsignedLong(sp.group(1), 16),
                Long.parseUnsignedLong(cr2.group(1), 16),
                Integer.parseUnsignedInt(idt.group(1), 16)));
    }

    private String added() {
        long end = file.toFile().length();
        String text = bytesFrom(seen);
        seen = Math.max(end, seen + text.length());
        return text;
    }

    private String bytesFrom(long start) {
        try (RandomAccessFile log = new RandomAccessFile(file.toFile(), "r")) {
            long length = log.length();
            byte[] bytes = new byte[(int) Math.min(MOST_BYTES, Math.max(0, length - start))];
            log.seek(length - bytes.length);
            log.readFully(bytes);
            return new String(bytes, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            return ""; // no reset yet, or a machine without such a log
        }
    }
}
