package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.address;
import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** AArch64 state and EL1 system registers. Arm ARM (DDI 0487), C5.2 and D24.2. */
final class Arm64Fields {
    private Arm64Fields() {}

    static Map<String, List<BitField>> all() {
        Map<String, List<BitField>> all = new HashMap<>();
        all.put("cpsr", pstate());
        all.put("spsr_el1", pstate());
        all.put("sctlr", sctlr());
        all.put("sctlr_el1", sctlr());
        all.put("tcr_el1", tcr());
        all.put("esr_el1", esr());
        all.put("mpidr", mpidr());
        all.put("mpidr_el1", mpidr());
        all.put("ttbr0_el1", ttbr());
        all.put("ttbr1_el1", ttbr());
        all.put(
                "cpacr_el1",
                List.of(
                        field("SMEN", 24, 2, "SME allowed"),
                        field("FPEN", 20, 2, "floating point allowed"),
                        field("ZEN", 16, 2, "SVE allowed")));
        return all;
    }

    static List<RegisterDecoder.GroupRule> groups() {
        return List.of(
                new RegisterDecoder.GroupRule("[xw]\\d+|sp|pc|lr|fp|cpsr", RegisterGroup.GENERAL),
                new RegisterDecoder.GroupRule("[vqdshbzp]\\d+|ffr|vg", RegisterGroup.VECTOR),
                new RegisterDecoder.GroupRule("fpsr|fpcr", RegisterGroup.FLOAT),
                new RegisterDecoder.GroupRule(
                        "(sctlr|tcr|ttbr[01]|mair|esr|far|elr|spsr|vbar|cpacr|contextidr|sp|tpidr|tpidrro)(_el[0-3])?",
                        RegisterGroup.CONTROL));
    }

    private static List<BitField> pstate() {
        Map<Long, String> modes =
                Map.of(0L, "EL0t", 4L, "EL1t", 5L, "EL1h", 8L, "EL2t", 9L, "EL2h", 12L, "EL3t", 13L, "EL3h");
        return List.of(
                bit("N", 31, "negative"),
                bit("Z", 30, "zero"),
                bit("C", 29, "carry"),
                bit("V", 28, "overflow"),
                bit("TCO", 25, "tag checks off"),
                bit("DIT", 24, "timing independent of data"),
                bit("UAO", 23, "user access override"),
                bit("PAN", 22, "the kernel may not touch user pages"),
                bit("SS", 21, "single step"),
                bit("IL", 20, "illegal state"),
                bit("SSBS", 12, "speculative store bypass allowed"),
                field("BTYPE", 10, 2, "branch type, for BTI"),
                bit("D", 9, "debug exceptions masked"),
                bit("A", 8, "SError masked"),
                bit("I", 7, "interrupts masked"),
                bit("F", 6, "fast interrupts masked"),
                bit("nRW", 4, "32-bit state"),
                new BitField("M", 0, 4, "exception level and stack pointer", modes));
    }

    private static List<BitField> sctlr() {
        return List.of(
                bit("EnTP2", 60, "TPIDR2_EL0 for user code"),
                bit("EPAN", 57, "PAN for execute-only pages too"),
                bit("ATA", 43, "allocation tags in the kernel"),
                bit("ATA0", 42, "allocation tags for user code"),
                field("TCF", 40, 2, "tag check faults in the kernel"),
                field("TCF0", 38, 2, "tag check faults of user code"),
                bit("BT1", 36, "paciasp is no branch target in the kernel"),
                bit("BT0", 35, "paciasp is no branch target for user code"),
                bit("EnIA", 31, "pointer authentication, key IA"),
                bit("EnIB", 30, "pointer authentication, key IB"),
                bit("EnDA", 27, "pointer authentication, key DA"),
                bit("UCI", 26, "cache maintenance for user code"),
                bit("EE", 25, "big-endian in EL1"),
                bit("E0E", 24, "big-endian in EL0"),
                bit("SPAN", 23, "PAN stays as it is on exceptions"),
                bit("WXN", 19, "writable is never executable"),
                bit("nTWE", 18, "wfe of user code does not trap"),
                bit("nTWI", 16, "wfi of user code does not trap"),
                bit("UCT", 15, "CTR_EL0 for user code"),
                bit("DZE", 14, "dc zva for user code"),
                bit("EnDB", 13, "pointer authentication, key DB"),
                bit("I", 12, "instruction cache"),
                bit("UMA", 9, "interrupt masks for user code"),
                bit("SED", 8, "setend off"),
                bit("SA0", 4, "stack alignment checked in EL0"),
                bit("SA", 3, "stack alignment checked in EL1"),
                bit("C", 2, "data cache"),
                bit("A", 1, "alignment checked"),
                bit("M", 0, "paging"));
    }

    private static List<BitField> tcr() {
        Map<Long, String> upper = Map.of(1L, "16K", 2L, "4K", 3L, "64K");
        Map<Long, String> lower = Map.of(0L, "4K", 1L, "64K", 2L, "16K");
        Map<Long, String> sizes =
                Map.of(0L, "32", 1L, "36", 2L, "40", 3L, "42", 4L, "44", 5L, "48", 6L, "52", 7L, "56");
        return List.of(
                bit("DS", 59, "52-bit addresses with 4K and 16K pages"),
                bit("TBI1", 38, "top byte of kernel pointers ignored"),
                bit("TBI0", 37, "top byte of user pointers ignored"),
                bit("AS", 36, "address space numbers of 16 bits"),
                new BitField("IPS", 32, 3, "bits of a physical address", sizes),
                new BitField("TG1", 30, 2, "page size of TTBR1", upper),
                bit("EPD1", 23, "no walks through TTBR1"),
                bit("A1", 22, "TTBR1 holds the address space number"),
                field("T1SZ", 16, 6, "64 less the bits of a kernel address"),
                new BitField("TG0", 14, 2, "page size of TTBR0", lower),
                bit("EPD0", 7, "no walks through TTBR0"),
                field("T0SZ", 0, 6, "64 less the bits of a user address"));
    }

    private static List<BitField> esr() {
        return List.of(
                field("ISS2", 32, 24, "more of the syndrome"),
                new BitField("EC", 26, 6, "exception class", Arm64Syndrome.CLASSES),
                bit("IL", 25, "instruction of 32 bits"),
                field("ISS", 0, 25, "syndrome, by class"));
    }

    private static List<BitField> mpidr() {
        return List.of(
                field("Aff3", 32, 8, "affinity 3"),
                bit("U", 30, "one processor alone"),
                bit("MT", 24, "affinity 0 is a thread"),
                field("Aff2", 16, 8, "affinity 2"),
                field("Aff1", 8, 8, "affinity 1, the cluster"),
                field("Aff0", 0, 8, "affinity 0, the core"));
    }

    private static List<BitField> ttbr() {
        return List.of(
                field("ASID", 48, 16, "address space number"),
                address("BADDR", 1, 47, "physical address of the table"),
                bit("CnP", 0, "shared with other processors"));
    }
}
