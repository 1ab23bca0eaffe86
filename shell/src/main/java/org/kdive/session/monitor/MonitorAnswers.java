package org.kdive.session.monitor;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.kdive.qmp.QmpClient;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpValue;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** What a stub that has QEMU's monitor alone says to each packet; the empty string where it knows no answer. The stub's thread. */
final class MonitorAnswers {
    private static final String NO_MEMORY = "E14"; // EFAULT, as QEMU's

    private final QmpClient qmp;
    private final MonitorMemory memory;
    private final MonitorRegisters registers;
    private final int cpus;
    private int cpu; // from 0; in thread ids from 1
    private boolean physical;

    MonitorAnswers(QmpClient qmp, MonitorMemory memory) {
        this.qmp = qmp;
        this.memory = memory;
        String target = qmp.call("query-target", Map.of())
                .find("arch")
                .map(QmpValue::text)
                .orElse("");
        this.registers = MonitorRegisters.of(target)
                .orElseThrow(() -> new SessionException(
                        "the monitor alone shows kdive the registers of x86_64 and aarch64, not of %s: give --start-stub as well"
                                .formatted(target),
                        new SessionFailure.Unsupported("registers of " + target)));
        this.cpus = qmp.call("query-cpus-fast", Map.of()).list().size();
    }

    String to(String packet) {
        try {
            return switch (packet) {
                case "QStartNoAckMode" -> "OK";
                case "vCont?" -> "vCont;c;C";
                case "qqemu.Supported" -> "PhyMemMode";
                case "?" -> "T02thread:1;";
                case "qC" -> "QC1";
                case "qAttached" -> "1";
                case "qsThreadInfo" -> "l";
                case "qfThreadInfo" ->
                    "m"
                            + IntStream.rangeClosed(1, cpus)
                                    .mapToObj(Integer::toHexString)
                                    .collect(Collectors.joining(","));
                case "g" -> registers.packed(shown());
                default -> withArguments(packet);
            };
        } catch (QmpException e) {
            return "E." + e.getMessage();
        } catch (NumberFormatException e) {
            return "E22"; // EINVAL
        }
    }

    private String withArguments(String packet) {
        if (packet.startsWith("qSupported")) {
            return "PacketSize=4000;QStartNoAckMode+;vContSupported+;qXfer:features:read+;" + MonitorStub.MARK + "+";
        } else if (packet.startsWith("qXfer:features:read:target.xml:")) {
            return slice(registers.description(), packet.substring(packet.lastIndexOf(':') + 1));
        } else if (packet.startsWith("Qqemu.PhyMemMode:")) {
            physical = packet.endsWith("1");
            return "OK";
        } else if (packet.startsWith("qThreadExtraInfo,")) {
            long number = Long.parseLong(packet.substring(packet.indexOf(',') + 1), 16);
            return HexFormat.of().formatHex("CPU#%d".formatted(number - 1).getBytes(StandardCharsets.US_ASCII));
        } else if (packet.startsWith("Hg") || packet.startsWith("T")) {
            return select(Integer.parseInt(packet, packet.startsWith("T") ? 1 : 2, packet.length(), 16), packet);
        } else if (packet.startsWith("p")) {
            return registers
                    .packed(Integer.parseInt(packet, 1, packet.length(), 16), shown())
                    .orElse("E22");
        }
        return packet.startsWith("m") ? read(packet.substring(1).split(",", -1)) : "";
    }

    private static String slice(String text, String range) {
        String[] words = range.split(",", -1);
        int from = Math.min(text.length(), Integer.parseInt(words[0], 16));
        int to = Math.min(text.length(), from + Integer.parseInt(words[1], 16));
        return (to == text.length() ? "l" : "m") + text.substring(from, to);
    }

    private String select(int number, String packet) {
        if (number < 0 || number > cpus) {
            return "E22";
        }
        if (packet.startsWith("H")) {
            cpu = Math.max(0, number - 1);
        }
        return "OK";
    }

    private String shown() {
        return qmp.call("human-monitor-command", Map.of("command-line", "info registers", "cpu-index", cpu))
                .text();
    }

    private String read(String[] range) {
        long address = Long.parseUnsignedLong(range[0], 16);
        int length = Integer.parseInt(range[1], 16);
        return memory.read(cpu, physical, address, length)
                .map(HexFormat.of()::formatHex)
                .orElse(NO_MEMORY);
    }
}
