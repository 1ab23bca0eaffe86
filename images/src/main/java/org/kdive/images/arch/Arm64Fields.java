package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.address;
import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** AArch64 state and EL1 system registers. Arm ARM (DDI 0487), C5.2 and D24.2. */
final class Arm64Fields {
    private static final long IN_AARCH32 = 0x10; // PSTATE.nRW

    private Arm64Fields() {}

    static Map<String, List<BitField>> all() {
        Map<String, List<BitField>> all = new HashMap<>();
        List.of("sctlr", "sctlr_el1").forEach(name -> all.put(name, Arm64Control.sctlr()));
        all.put("tcr_el1", Arm64Control.tcr());
        List.of("mpidr", "mpidr_el1").forEach(name -> all.put(name, mpidr()));
        List.of("midr", "midr_el1").forEach(name -> all.put(name, midr()));
        List.of("ttbr0_el1", "ttbr1_el1").forEach(name -> all.put(name, ttbr()));
        List.of("cpacr", "cpacr_el1").forEach(name -> all.put(name, Arm64Control.cpacr()));
        List.of("cntkctl", "cntkctl_el1").forEach(name -> all.put(name, Arm64Control.cntkctl()));
        List.of("cntp_ctl_el0", "cntv_ctl_el0", "cntps_ctl_el1").forEach(name -> all.put(name, Arm64Control.timer()));
        all.put("mair_el1", mair());
        all.put("mdscr_el1", Arm64Control.mdscr());
        all.put("ctr_el0", ctr());
        all.put("fpcr", fpcr());
        all.put("fpsr", fpsr());
        all.putAll(Arm64Features.all());
        return all;
    }

    static Map<String, LongFunction<List<BitField>>> byValue() {
        Map<String, LongFunction<List<BitField>>> all = new HashMap<>();
        List.of("esr_el1", "esr_el2", "esr_el3").forEach(name -> all.put(name, Arm64SyndromeFields::of));
        List.of("cpsr", "spsr_el1", "spsr_el2", "spsr_el3")
                .forEach(name -> all.put(name, value -> (value & IN_AARCH32) == 0 ? pstate() : ArmFields.cpsr()));
        return all;
    }

    static List<RegisterDecoder.GroupRule> groups() {
        return List.of(
                new RegisterDecoder.GroupRule("[xw]\\d+|sp|pc|lr|fp|cpsr", RegisterGroup.GENERAL),
                new RegisterDecoder.GroupRule("[vqdshbzp]\\d+|ffr|vg", RegisterGroup.VECTOR),
                new RegisterDecoder.GroupRule("fpsr|fpcr", RegisterGroup.FLOAT),
                new RegisterDecoder.GroupRule(
                        "(sctlr|tcr|ttbr[01]|mair|esr|far|elr|spsr|vbar|cpacr|cntkctl|contextidr|sp|tpidr|tpidrro|par)"
                                + "(_el[0-3])?",
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
                bit("ALLINT", 13, "interrupts masked, those that cannot be too"),
                bit("SSBS", 12, "speculative store bypass allowed"),
                field("BTYPE", 10, 2, "branch type, for BTI"),
                bit("D", 9, "debug exceptions masked"),
                bit("A", 8, "SError masked"),
                bit("I", 7, "interrupts masked"),
                bit("F", 6, "fast interrupts masked"),
                bit("nRW", 4, "32-bit state"),
                new BitField("M", 0, 4, "exception level and stack pointer", modes));
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

    private static List<BitField> midr() {
        Map<Long, String> implementers = Map.of(
                0x41L,
                "Arm",
                0x46L,
                "Fujitsu",
                0x48L,
                "HiSilicon",
                0x4eL,
                "NVIDIA",
                0x51L,
                "Qualcomm",
                0x61L,
                "Apple",
                0xc0L,
                "Ampere");
        return List.of(
                new BitField("Implementer", 24, 8, "who made it", implementers),
                field("Variant", 20, 4, "major revision"),
                field("Architecture", 16, 4, "0xf: as the ID registers say"),
                field("PartNum", 4, 12, "which processor"),
                field("Revision", 0, 4, "minor revision"));
    }

    // D24.2, MAIR_EL1: the commonest encodings, which are all that Linux uses
    private static List<BitField> mair() {
        Map<Long, String> kinds = Map.ofEntries(
                Map.entry(0x00L, "Device-nGnRnE"),
                Map.entry(0x04L, "Device-nGnRE"),
                Map.entry(0x08L, "Device-nGRE"),
                Map.entry(0x0cL, "Device-GRE"),
                Map.entry(0x44L, "Normal-NC"),
                Map.entry(0x77L, "Normal-WB-transient"),
                Map.entry(0xbbL, "Normal-WT"),
                Map.entry(0xeeL, "Normal-WB-RA"),
                Map.entry(0xf0L, "Normal-Tagged"),
                Map.entry(0xffL, "Normal-WB"));
        List<BitField> fields = new ArrayList<>();
        for (int number = 7; number >= 0; number--) {
            fields.add(new BitField("Attr" + number, 8 * number, 8, "memory of AttrIndx " + number, kinds));
        }
        return fields;
    }

    private static List<BitField> ctr() {
        return List.of(
                field("TminLine", 32, 6, "log2 of the words between two tags"),
                bit("DIC", 29, "code needs no invalidation of the instruction cache"),
                bit("IDC", 28, "code needs no cleaning of the data cache"),
                field("CWG", 24, 4, "log2 of the words that one write back may cover"),
                field("ERG", 20, 4, "log2 of the words of an exclusive reservation"),
                field("DminLine", 16, 4, "log2 of the words in the shortest data cache line"),
                new BitField("L1Ip", 14, 2, "first instruction cache", Map.of(2L, "VIPT", 3L, "PIPT")),
                field("IminLine", 0, 4, "log2 of the words in the shortest instruction cache line"));
    }

    // C5.2.8
    private static List<BitField> fpcr() {
        Map<Long, String> rounding = Map.of(0L, "nearest", 1L, "up", 2L, "down", 3L, "zero");
        return List.of(
                bit("AHP", 26, "alternative half precision"),
                bit("DN", 25, "default NaN"),
                bit("FZ", 24, "tiny results become 0"),
                new BitField("RMode", 22, 2, "rounding", rounding),
                field("Stride", 20, 2, "of AArch32 vectors"),
                bit("FZ16", 19, "tiny half precision results become 0"),
                field("Len", 16, 3, "of AArch32 vectors"),
                bit("IDE", 15, "denormal traps"),
                bit("EBF", 13, "extended BFloat16"),
                bit("IXE", 12, "inexact traps"),
                bit("UFE", 11, "underflow traps"),
                bit("OFE", 10, "overflow traps"),
                bit("DZE", 9, "division by zero traps"),
                bit("IOE", 8, "invalid traps"),
                bit("NEP", 2, "other elements from the first operand"),
                bit("AH", 1, "alternate handling"),
                bit("FIZ", 0, "denormal inputs are 0"));
    }

    // C5.2.10
    private static List<BitField> fpsr() {
        return List.of(
                bit("N", 31, "AArch32 less"),
                bit("Z", 30, "AArch32 equal"),
                bit("C", 29, "AArch32 greater, equal or unordered"),
                bit("V", 28, "AArch32 unordered"),
                bit("QC", 27, "saturated"),
                bit("IDC", 7, "denormal"),
                bit("IXC", 4, "inexact"),
                bit("UFC", 3, "underflow"),
                bit("OFC", 2, "overflow"),
                bit("DZC", 1, "division by zero"),
                bit("IOC", 0, "invalid"));
    }
}
