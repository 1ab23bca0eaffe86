package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.List;
import java.util.Map;

/** The AArch64 registers by which a kernel says how its processor shall behave. Arm ARM (DDI 0487), D24.2. */
final class Arm64Control {
    private static final Map<Long, String> CACHED =
            Map.of(0L, "non-cacheable", 1L, "write-back", 2L, "write-through", 3L, "write-back-no-allocate");
    private static final Map<Long, String> SHARED = Map.of(0L, "non-shareable", 2L, "outer", 3L, "inner");

    private Arm64Control() {}

    static List<BitField> sctlr() {
        return List.of(
                bit("TIDCP", 63, "implementation's registers trap for user code"),
                bit("SPINTMASK", 62, "SP selects the interrupt mask"),
                bit("NMI", 61, "interrupts that cannot be masked"),
                bit("EnTP2", 60, "TPIDR2_EL0 for user code"),
                bit("TCSO", 59, "only stores checked for tags in the kernel"),
                bit("TCSO0", 58, "only stores checked for tags in user code"),
                bit("EPAN", 57, "PAN for execute-only pages too"),
                bit("EnALS", 56, "ld64b and st64b for user code"),
                bit("EnAS0", 55, "st64bv0 for user code"),
                bit("EnASR", 54, "st64bv for user code"),
                field("TWEDEL", 46, 4, "how long a wfe waits before it traps"),
                bit("TWEDEn", 45, "TWEDEL counts"),
                bit("DSSBS", 44, "SSBS on exceptions"),
                bit("ATA", 43, "allocation tags in the kernel"),
                bit("ATA0", 42, "allocation tags for user code"),
                field("TCF", 40, 2, "tag check faults in the kernel"),
                field("TCF0", 38, 2, "tag check faults of user code"),
                bit("ITFSB", 37, "tag check faults told at the entry of the kernel"),
                bit("BT1", 36, "paciasp is no branch target in the kernel"),
                bit("BT0", 35, "paciasp is no branch target for user code"),
                bit("EnFPM", 34, "FPMR for user code"),
                bit("MSCEn", 33, "memory copies for user code"),
                bit("CMOW", 32, "cache maintenance needs the right to write"),
                bit("EnIA", 31, "pointer authentication, key IA"),
                bit("EnIB", 30, "pointer authentication, key IB"),
                bit("LSMAOE", 29, "order of AArch32 load multiple kept"),
                bit("nTLSMD", 28, "AArch32 load multiple from devices does not trap"),
                bit("EnDA", 27, "pointer authentication, key DA"),
                bit("UCI", 26, "cache maintenance for user code"),
                bit("EE", 25, "big-endian in EL1"),
                bit("E0E", 24, "big-endian in EL0"),
                bit("SPAN", 23, "PAN stays as it is on exceptions"),
                bit("EIS", 22, "exception entry synchronises"),
                bit("IESB", 21, "error barrier at exception entry"),
                bit("TSCXT", 20, "SCXTNUM_EL0 traps for user code"),
                bit("WXN", 19, "writable is never executable"),
                bit("nTWE", 18, "wfe of user code does not trap"),
                bit("nTWI", 16, "wfi of user code does not trap"),
                bit("UCT", 15, "CTR_EL0 for user code"),
                bit("DZE", 14, "dc zva for user code"),
                bit("EnDB", 13, "pointer authentication, key DB"),
                bit("I", 12, "instruction cache"),
                bit("EOS", 11, "exception return synchronises"),
                bit("EnRCTX", 10, "speculation restriction for user code"),
                bit("UMA", 9, "interrupt masks for user code"),
                bit("SED", 8, "setend off"),
                bit("ITD", 7, "most of Thumb's it off"),
                bit("nAA", 6, "unaligned acquire and release allowed"),
                bit("CP15BEN", 5, "AArch32 barriers by coprocessor 15"),
                bit("SA0", 4, "stack alignment checked in EL0"),
                bit("SA", 3, "stack alignment checked in EL1"),
                bit("C", 2, "data cache"),
                bit("A", 1, "alignment checked"),
                bit("M", 0, "paging"));
    }

    static List<BitField> tcr() {
        Map<Long, String> upper = Map.of(1L, "16K", 2L, "4K", 3L, "64K");
        Map<Long, String> lower = Map.of(0L, "4K", 1L, "64K", 2L, "16K");
        Map<Long, String> sizes =
                Map.of(0L, "32", 1L, "36", 2L, "40", 3L, "42", 4L, "44", 5L, "48", 6L, "52", 7L, "56");
        return List.of(
                bit("MTX1", 61, "tags in kernel pointers are not part of the address"),
                bit("MTX0", 60, "tags in user pointers are not part of the address"),
                bit("DS", 59, "52-bit addresses with 4K and 16K pages"),
                bit("TCMA1", 58, "kernel pointers with the tag of all ones are not checked"),
                bit("TCMA0", 57, "user pointers with tag 0 are not checked"),
                bit("E0PD1", 56, "user code faults at once above"),
                bit("E0PD0", 55, "user code faults at once below"),
                bit("NFD1", 54, "no-fault accesses do not walk TTBR1"),
                bit("NFD0", 53, "no-fault accesses do not walk TTBR0"),
                bit("TBID1", 52, "TBI1 for data only"),
                bit("TBID0", 51, "TBI0 for data only"),
                field("HWU1", 47, 4, "entry bits 62:59 of TTBR1 for the hardware"),
                field("HWU0", 43, 4, "entry bits 62:59 of TTBR0 for the hardware"),
                bit("HPD1", 42, "rights of tables off for TTBR1"),
                bit("HPD0", 41, "rights of tables off for TTBR0"),
                bit("HD", 40, "the hardware marks pages dirty"),
                bit("HA", 39, "the hardware sets access flags"),
                bit("TBI1", 38, "top byte of kernel pointers ignored"),
                bit("TBI0", 37, "top byte of user pointers ignored"),
                bit("AS", 36, "address space numbers of 16 bits"),
                new BitField("IPS", 32, 3, "bits of a physical address", sizes),
                new BitField("TG1", 30, 2, "page size of TTBR1", upper),
                new BitField("SH1", 28, 2, "sharing of TTBR1's tables", SHARED),
                new BitField("ORGN1", 26, 2, "outer caching of TTBR1's tables", CACHED),
                new BitField("IRGN1", 24, 2, "inner caching of TTBR1's tables", CACHED),
                bit("EPD1", 23, "no walks through TTBR1"),
                bit("A1", 22, "TTBR1 holds the address space number"),
                field("T1SZ", 16, 6, "64 less the bits of a kernel address"),
                new BitField("TG0", 14, 2, "page size of TTBR0", lower),
                new BitField("SH0", 12, 2, "sharing of TTBR0's tables", SHARED),
                new BitField("ORGN0", 10, 2, "outer caching of TTBR0's tables", CACHED),
                new BitField("IRGN0", 8, 2, "inner caching of TTBR0's tables", CACHED),
                bit("EPD0", 7, "no walks through TTBR0"),
                field("T0SZ", 0, 6, "64 less the bits of a user address"));
    }

    static List<BitField> cpacr() {
        Map<Long, String> who = Map.of(0L, "nobody", 1L, "the kernel", 2L, "nobody", 3L, "all");
        return List.of(
                bit("TCPAC", 31, "EL1's accesses to CPACR_EL1 trap"),
                bit("TAM", 30, "activity monitors trap"),
                bit("E0POE", 29, "permission overlays for user code"),
                bit("TTA", 28, "trace registers trap"),
                new BitField("SMEN", 24, 2, "who may use SME", who),
                new BitField("FPEN", 20, 2, "who may use floating point", who),
                new BitField("ZEN", 16, 2, "who may use SVE", who));
    }

    static List<BitField> cntkctl() {
        return List.of(
                bit("EVNTIS", 17, "event stream from 256 times higher bits"),
                bit("EL0PTEN", 9, "the physical timer for user code"),
                bit("EL0VTEN", 8, "the virtual timer for user code"),
                field("EVNTI", 4, 4, "counter bit of the event stream"),
                bit("EVNTDIR", 3, "event when the bit falls"),
                bit("EVNTEN", 2, "event stream"),
                bit("EL0VCTEN", 1, "the virtual counter for user code"),
                bit("EL0PCTEN", 0, "the physical counter for user code"));
    }

    static List<BitField> timer() {
        return List.of(
                bit("ISTATUS", 2, "the time has come"), bit("IMASK", 1, "no interrupt"), bit("ENABLE", 0, "it runs"));
    }

    static List<BitField> mdscr() {
        return List.of(
                bit("MDE", 15, "breakpoints and watchpoints"),
                bit("HDE", 14, "halting debug"),
                bit("KDE", 13, "debug exceptions in the kernel"),
                bit("TDCC", 12, "debug channel traps for user code"),
                bit("ERR", 6, "error flag of the debug channel"),
                bit("SS", 0, "single step"));
    }
}
