package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.List;
import java.util.Map;

/** 32-bit Arm state and the registers that rule paging. Arm ARM ARMv7-A (DDI 0406), B1.3.3 and B4.1. */
final class ArmFields {
    private ArmFields() {}

    static Map<String, List<BitField>> all() {
        return Map.of(
                "cpsr", cpsr(),
                "spsr", cpsr(),
                "sctlr", sctlr(),
                "ttbcr",
                        List.of(
                                bit("EAE", 31, "long descriptors (LPAE)"),
                                field("T1SZ", 16, 3, "with EAE: 32 less the bits of a TTBR1 address"),
                                field("N", 0, 3, "TTBR0 covers the lowest 2^(32-N) bytes")));
    }

    static List<RegisterDecoder.GroupRule> groups() {
        return List.of(
                new RegisterDecoder.GroupRule("r\\d+|sp|lr|pc|fp|ip|cpsr", RegisterGroup.GENERAL),
                new RegisterDecoder.GroupRule("[dqs]\\d+", RegisterGroup.VECTOR),
                new RegisterDecoder.GroupRule("f\\d|fps|fpscr|fpsid|fpexc", RegisterGroup.FLOAT),
                new RegisterDecoder.GroupRule(
                        "(sctlr|ttbcr|ttbr[01]|dacr|dfsr|ifsr|dfar|ifar|vbar|prrr|nmrr)(_el1)?(_ns|_s)?",
                        RegisterGroup.CONTROL));
    }

    private static List<BitField> cpsr() {
        Map<Long, String> modes = Map.of(
                0x10L, "usr", 0x11L, "fiq", 0x12L, "irq", 0x13L, "svc", 0x16L, "mon", 0x17L, "abt", 0x1aL, "hyp", 0x1bL,
                "und", 0x1fL, "sys");
        return List.of(
                bit("N", 31, "negative"),
                bit("Z", 30, "zero"),
                bit("C", 29, "carry"),
                bit("V", 28, "overflow"),
                bit("Q", 27, "saturated"),
                bit("J", 24, "Jazelle"),
                field("GE", 16, 4, "greater or equal, per byte"),
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
                bit("EE", 25, "exceptions big-endian"),
                bit("XP", 23, "ARMv6 page tables"),
                bit("U", 22, "unaligned access"),
                bit("WXN", 19, "writable is never executable"),
                bit("V", 13, "vectors at 0xffff0000"),
                bit("I", 12, "instruction cache"),
                bit("Z", 11, "branch prediction"),
                bit("C", 2, "data cache"),
                bit("A", 1, "alignment checked"),
                bit("M", 0, "paging"));
    }
}
