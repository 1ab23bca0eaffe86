package org.kdive.session.monitor;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The registers that HMP's {@code info registers} shows, as a stub would describe and send them.
 *
 * <pre>
 * RAX=000000000001ad40 ...  R8 =0000000000000000        CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]
 * RIP=ffffffff9cc17a0b RFL=00000246 [---Z-P-] CPL=0     CR0=80050033 CR2=00000000337ab578 CR3=000000001fe20000
 *  PC=ffffd6301ebaf4fc X00=0000000000000005 ...         PSTATE=400000c5 -Z-- EL1h
 * </pre>
 */
final class MonitorRegisters {
    private static final Pattern SHOWN = Pattern.compile("\\b([A-Z][A-Z0-9]*) *= *([0-9a-f]+)(?: ([0-9a-f]{16}) )?");

    private record Known(String name, int bits, String type) {}

    private final String architecture; // BFD's
    private final List<Known> all;

    private MonitorRegisters(String architecture, List<Known> all) {
        this.architecture = architecture;
        this.all = all;
    }

    /** By QMP's query-target; empty for a processor whose registers are not known here. */
    static Optional<MonitorRegisters> of(String target) {
        return switch (target) {
            case "x86_64" -> Optional.of(x86());
            case "aarch64" -> Optional.of(arm64());
            default -> Optional.empty();
        };
    }

    private static MonitorRegisters x86() {
        List<Known> all = new ArrayList<>();
        add(all, 64, "int64", "rax rbx rcx rdx rsi rdi");
        add(all, 64, "data_ptr", "rbp rsp");
        add(all, 64, "int64", "r8 r9 r10 r11 r12 r13 r14 r15");
        add(all, 64, "code_ptr", "rip");
        add(all, 32, "int32", "eflags cs ss ds es fs gs");
        add(all, 64, "int64", "fs_base gs_base cr0 cr2 cr3 cr4 efer");
        return new MonitorRegisters("i386:x86-64", List.copyOf(all));
    }

    private static MonitorRegisters arm64() {
        List<Known> all = new ArrayList<>();
        add(
                all,
                64,
                "int64",
                String.join(" ", IntStream.range(0, 31).mapToObj(i -> "x" + i).toList()));
        add(all, 64, "data_ptr", "sp");
        add(all, 64, "code_ptr", "pc");
        add(all, 32, "int32", "cpsr");
        return new MonitorRegisters("aarch64", List.copyOf(all));
    }

    private static void add(List<Known> all, int bits, String type, String names) {
        for (String name : names.split(" ", -1)) {
            all.add(new Known(name, bits, type));
        }
    }

    /** GDB manual, "Target Descriptions". */
    String description() {
        StringBuilder xml = new StringBuilder("<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">")
                .append("<target><architecture>%s</architecture><feature name=\"org.kdive.monitor\">"
                        .formatted(architecture));
        for (int i = 0; i < all.size(); i++) {
            Known one = all.get(i);
            xml.append("<reg name=\"%s\" bitsize=\"%d\" regnum=\"%d\" type=\"%s\"/>"
                    .formatted(one.name(), one.bits(), i, one.type()));
        }
        return xml.append("</feature></target>").toString();
    }

    /** A {@code g} reply: little-endian, one after the other; x for what the monitor did not show. */
    String packed(String shown) {
        Map<String, BigInteger> values = values(shown);
        StringBuilder hex = new StringBuilder();
        for (Known one : all) {
            hex.append(packed(one, values.get(one.name())));
        }
        return hex.toString();
    }

    /** A {@code p} reply; empty for a number that is no register's. */
    Optional<String> packed(int number, String shown) {
        return number < 0 || number >= all.size()
                ? Optional.empty()
                : Optional.of(packed(
                        all.get(number), values(shown).get(all.get(number).name())));
    }

    private static String packed(Known one, @Nullable BigInteger value) {
        if (value == null) {
            return "x".repeat(one.bits() / 4);
        }
        StringBuilder hex = new StringBuilder();
        for (int shift = 0; shift < one.bits(); shift += 8) {
            hex.append("%02x".formatted(value.shiftRight(shift).byteValue()));
        }
        return hex.toString();
    }

    private static Map<String, BigInteger> values(String shown) {
        Map<String, BigInteger> values = new TreeMap<>();
        Matcher matcher = SHOWN.matcher(shown);
        while (matcher.find()) {
            String name = name(matcher.group(1));
            values.putIfAbsent(name, new BigInteger(matcher.group(2), 16));
            if (matcher.group(3) != null) {
                values.putIfAbsent(name + "_base", new BigInteger(matcher.group(3), 16));
            }
        }
        return values;
    }

    // X00, RFL; in 32-bit code EAX and EFL
    private static String name(String shown) {
        if (shown.matches("X\\d\\d")) {
            return "x" + Integer.parseInt(shown.substring(1));
        }
        return switch (shown) {
            case "RFL", "EFL" -> "eflags";
            case "PSTATE" -> "cpsr";
            case "EFER" -> "efer";
            default ->
                shown.matches("E[A-Z]{2}")
                        ? "r" + shown.substring(1).toLowerCase(Locale.ROOT)
                        : shown.toLowerCase(Locale.ROOT);
        };
    }
}
