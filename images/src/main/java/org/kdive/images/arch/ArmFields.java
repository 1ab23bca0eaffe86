package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** 32-bit Arm state and the registers that rule paging. Arm ARM ARMv7-A (DDI 0406), B1.3.3 and B4.1. */
final class ArmFields {
    // B4.1.52, DFSR: with long descriptors this is set, and the reasons are numbered as in AArch64
    private static final long LPAE = 1 << 9;

    private ArmFields() {}

    static Map<String, List<BitField>> all() {
        Map<String, List<BitField>> all = new HashMap<>();
        List.of("cpsr", "spsr", "spsr_irq", "spsr_abt", "spsr_und", "spsr_fiq").forEach(name -> all.put(name, cpsr()));
        all.put("sctlr", sctlr());
        all.put("dacr", domains());
        all.put("fpscr", fpscr());
        all.put("fpexc", List.of(bit("EX", 31, "an exception"), bit("EN", 30, "floating point on")));
        all.put(
                "ttbcr",
                List.of(
                        bit("EAE", 31, "long descriptors (LPAE)"),
                        field("T1SZ", 16, 3, "with EAE: 32 less the bits of a TTBR1 address"),
                        field("N", 0, 3, "TTBR0 covers the lowest 2^(32-N) bytes")));
        return all;
    }

    static Map<String, LongFunction<List<BitField>>> byValue() {
        return Map.of("dfsr", ArmFields::dataFault, "ifsr", ArmFields::fetchFault);
    }

    static List<RegisterDecoder.GroupRule> groups() {
        return List.of(
                new RegisterDecoder.GroupRule("r\\d+|sp|lr|pc|fp|ip|cpsr", RegisterGroup.GENERAL),
                new RegisterDecoder.GroupRule("[dqs]\\d+", RegisterGroup.VECTOR),
                new RegisterDecoder.GroupRule("f\\d|fps|fpscr|fpsid|fpexc", RegisterGroup.FLOAT),
                new RegisterDecoder.GroupRule(
                        "(sctlr|ttbcr|ttbr[01]|dacr|dfsr|ifsr|dfar|ifar|vbar|prrr|nmrr|mair[01]|cpacr|cntkctl)"
                                + "(_el1)?(_ns|_s)?",
                        RegisterGroup.CONTROL));
    }

    static List<BitField> cpsr() {
        Map<Long, String> modes = Map.of(
                0x10L, "usr", 0x11L, "fiq", 0x12L, "irq", 0x13L, "svc", 0x16L, "mon", 0x17L, "abt", 0x1aL, "hyp", 0x1bL,
                "und", 0x1fL, "sys");
        return List.of(
                bit("N", 31, "negative"),
                bit("Z", 30, "zero"),
                bit("C", 29, "carry"),
                bit("V", 28, "overflow"),
                bit("Q", 27, "saturated"),
                field("IT[1:0]", 25, 2, "Thumb's if-then, low part"),
                bit("J", 24, "Jazelle"),
                bit("SSBS", 23, "speculative store bypass allowed"),
                bit("PAN", 22, "the kernel may not touch user pages"),
                bit("DIT", 21, "timing independent of data"),
                field("GE", 16, 4, "greater or equal, per byte"),
                field("IT[7:2]", 10, 6, "Thumb's if-then, high part"),
                bit("E", 9, "big-endian data"),
                bit("A", 8, "asynchronous aborts masked"),
                bit("I", 7, "interrupts masked"),
                bit("F", 6, "fast interrupts masked"),
                bit("T", 5, "Thumb"),
                new BitField("M", 0, 5, "mode", modes));
    }

    private static List<BitField> sctlr() {
        return List.of(
                bit("TE", 30, "exceptions in Thumb"),
                bit("AFE", 29, "access flag"),
                bit("TRE", 28, "TEX remap"),
                bit("NMFI", 27, "fast interrupts cannot be masked"),
                bit("EE", 25, "exceptions big-endian"),
                bit("VE", 24, "vectors of the implementation"),
                bit("U", 22, "unaligned access"),
                bit("FI", 21, "fast interrupts quick"),
                bit("UWXN", 20, "writable by user code is never executable in the kernel"),
                bit("WXN", 19, "writable is never executable"),
                bit("HA", 17, "the hardware sets access flags"),
                bit("RR", 14, "round robin in the caches"),
                bit("V", 13, "vectors at 0xffff0000"),
                bit("I", 12, "instruction cache"),
                bit("Z", 11, "branch prediction"),
                bit("SW", 10, "swp enabled"),
                bit("B", 7, "big-endian of old"),
                bit("CP15BEN", 5, "barriers by coprocessor 15"),
                bit("C", 2, "data cache"),
                bit("A", 1, "alignment checked"),
                bit("M", 0, "paging"));
    }

    private static List<BitField> domains() {
        Map<Long, String> rights = Map.of(0L, "none", 1L, "client", 3L, "manager");
        List<BitField> fields = new ArrayList<>();
        for (int domain = 15; domain >= 0; domain--) {
            fields.add(new BitField("D" + domain, 2 * domain, 2, "rights of the domain", rights));
        }
        return fields;
    }

    private static List<BitField> fpscr() {
        Map<Long, String> rounding = Map.of(0L, "nearest", 1L, "up", 2L, "down", 3L, "zero");
        return List.of(
                bit("N", 31, "less"),
                bit("Z", 30, "equal"),
                bit("C", 29, "greater, equal or unordered"),
                bit("V", 28, "unordered"),
                bit("QC", 27, "saturated"),
                bit("AHP", 26, "alternative half precision"),
                bit("DN", 25, "default NaN"),
                bit("FZ", 24, "tiny results become 0"),
                new BitField("RMode", 22, 2, "rounding", rounding),
                field("Stride", 20, 2, "of vectors"),
                field("Len", 16, 3, "of vectors"),
                bit("IDE", 15, "denormal traps"),
                bit("IXE", 12, "inexact traps"),
                bit("UFE", 11, "underflow traps"),
                bit("OFE", 10, "overflow traps"),
                bit("DZE", 9, "division by zero traps"),
                bit("IOE", 8, "invalid traps"),
                bit("IDC", 7, "denormal"),
                bit("IXC", 4, "inexact"),
                bit("UFC", 3, "underflow"),
                bit("OFC", 2, "overflow"),
                bit("DZC", 1, "division by zero"),
                bit("IOC", 0, "invalid"));
    }

    private static List<BitField> dataFault(long value) {
        List<BitField> fields = new ArrayList<>(List.of(
                bit("CM", 13, "cache maintenance"), bit("ExT", 12, "external abort type"), bit("WnR", 11, "a write")));
        fields.addAll((value & LPAE) != 0 ? longStatus() : shortStatus(true));
        return fields;
    }

    private static List<BitField> fetchFault(long value) {
        List<BitField> fields = new ArrayList<>(List.of(bit("ExT", 12, "external abort type")));
        fields.addAll((value & LPAE) != 0 ? longStatus() : shortStatus(false));
        return fields;
    }

    private static List<BitField> longStatus() {
        return List.of(bit("LPAE", 9, "long descriptors"), new BitField("STATUS", 0, 6, "why", Arm64Syndrome.FAULTS));
    }

    // table B3-23; bit 10 is the fifth bit of the reason, of which only external and parity errors have it set
    private static List<BitField> shortStatus(boolean hasDomain) {
        Map<Long, String> reasons = Map.of(
                1L, "alignment fault",
                2L, "debug event",
                3L, "access flag fault, section",
                5L, "translation fault, section",
                6L, "access flag fault, page",
                7L, "translation fault, page",
                9L, "domain fault, section",
                11L, "domain fault, page",
                13L, "permission fault, section",
                15L, "permission fault, page");
        BitField high = bit("FS[4]", 10, "with FS: external or parity error");
        BitField low = new BitField("FS", 0, 4, "why", reasons);
        return hasDomain ? List.of(high, field("Domain", 4, 4, "of the page"), low) : List.of(high, low);
    }
}
