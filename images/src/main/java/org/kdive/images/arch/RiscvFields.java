package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.address;
import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongFunction;

/** RISC-V 64 supervisor registers. RISC-V Privileged Architecture 1.12, chapters 3.1 and 4.1. */
final class RiscvFields {
    private static final Map<Long, String> PRIVILEGES = Map.of(0L, "U", 1L, "S", 3L, "M");
    private static final Map<Long, String> EXCEPTIONS = Map.ofEntries(
            Map.entry(0L, "instruction misaligned"),
            Map.entry(1L, "instruction access fault"),
            Map.entry(2L, "illegal instruction"),
            Map.entry(3L, "breakpoint"),
            Map.entry(4L, "load misaligned"),
            Map.entry(5L, "load access fault"),
            Map.entry(6L, "store misaligned"),
            Map.entry(7L, "store access fault"),
            Map.entry(8L, "ecall of user code"),
            Map.entry(9L, "ecall of the kernel"),
            Map.entry(11L, "ecall of machine mode"),
            Map.entry(12L, "instruction page fault"),
            Map.entry(13L, "load page fault"),
            Map.entry(15L, "store page fault"));
    private static final Map<Long, String> INTERRUPTS = Map.of(
            1L, "software",
            3L, "software, machine",
            5L, "timer",
            7L, "timer, machine",
            9L, "external",
            11L, "external, machine");

    private RiscvFields() {}

    static Map<String, List<BitField>> all() {
        Map<String, List<BitField>> all = new HashMap<>();
        all.put("mstatus", status());
        List.of("sstatus", "vsstatus").forEach(name -> all.put(name, supervisorStatus()));
        List.of("satp", "vsatp").forEach(name -> all.put(name, satp()));
        List.of("sie", "mie").forEach(name -> all.put(name, interrupts("IE")));
        List.of("sip", "mip", "mideleg").forEach(name -> all.put(name, interrupts("IP")));
        List.of("stvec", "mtvec", "vstvec").forEach(name -> all.put(name, vector()));
        List.of("scounteren", "mcounteren").forEach(name -> all.put(name, counters()));
        all.put("medeleg", delegated());
        all.put("misa", isa());
        all.put("priv", List.of(new BitField("PRV", 0, 2, "privilege", PRIVILEGES)));
        all.put("fcsr", floats());
        return all;
    }

    static Map<String, LongFunction<List<BitField>>> byValue() {
        return Map.of("scause", RiscvFields::cause, "mcause", RiscvFields::cause, "vscause", RiscvFields::cause);
    }

    static List<RegisterDecoder.GroupRule> groups() {
        return List.of(
                new RegisterDecoder.GroupRule("zero|ra|sp|gp|tp|fp|pc|[ast]\\d+|x\\d+", RegisterGroup.GENERAL),
                new RegisterDecoder.GroupRule("f([ast]|)\\d+|fcsr|fflags|frm", RegisterGroup.FLOAT),
                new RegisterDecoder.GroupRule("v\\d+|vtype|vl|vlenb|vstart", RegisterGroup.VECTOR),
                new RegisterDecoder.GroupRule(
                        "satp|sstatus|scause|stval|sepc|stvec|sscratch|sie|sip|priv"
                                + "|mstatus|mcause|mtval|mepc|mtvec|mscratch|mie|mip|medeleg|mideleg",
                        RegisterGroup.CONTROL));
    }

    private static List<BitField> status() {
        Map<Long, String> use = Map.of(0L, "off", 1L, "initial", 2L, "clean", 3L, "dirty");
        Map<Long, String> widths = Map.of(1L, "32", 2L, "64", 3L, "128");
        return List.of(
                bit("SD", 63, "some state is dirty"),
                bit("MBE", 37, "machine mode big-endian"),
                bit("SBE", 36, "the kernel big-endian"),
                new BitField("SXL", 34, 2, "bits of the kernel's registers", widths),
                new BitField("UXL", 32, 2, "bits of user code's registers", widths),
                bit("TSR", 22, "sret traps"),
                bit("TW", 21, "wfi traps"),
                bit("TVM", 20, "satp traps"),
                bit("MXR", 19, "executable is readable"),
                bit("SUM", 18, "the kernel may touch user pages"),
                bit("MPRV", 17, "loads and stores as MPP"),
                new BitField("XS", 15, 2, "state of extensions", use),
                new BitField("FS", 13, 2, "floating point state", use),
                new BitField("MPP", 11, 2, "mode before the machine trap", PRIVILEGES),
                new BitField("VS", 9, 2, "vector state", use),
                bit("SPP", 8, "the trap came from the kernel"),
                bit("MPIE", 7, "machine interrupts before the trap"),
                bit("UBE", 6, "user code big-endian"),
                bit("SPIE", 5, "interrupts before the trap"),
                bit("MIE", 3, "machine interrupts enabled"),
                bit("SIE", 1, "interrupts enabled"));
    }

    // the kernel's view of mstatus, 4.1.1
    private static List<BitField> supervisorStatus() {
        Set<String> hidden = Set.of("MBE", "SBE", "SXL", "TSR", "TW", "TVM", "MPRV", "MPP", "MPIE", "MIE");
        return status().stream().filter(field -> !hidden.contains(field.name())).toList();
    }

    private static List<BitField> satp() {
        Map<Long, String> modes = Map.of(0L, "bare", 8L, "Sv39", 9L, "Sv48", 10L, "Sv57");
        return List.of(
                new BitField("MODE", 60, 4, "paging", modes),
                field("ASID", 44, 16, "address space number"),
                field("PPN", 0, 44, "page frame of the top page table"));
    }

    // table 4.2
    private static List<BitField> cause(long value) {
        return List.of(
                bit("INTERRUPT", 63, "an interrupt"),
                new BitField("CODE", 0, 63, "cause", value < 0 ? INTERRUPTS : EXCEPTIONS));
    }

    private static List<BitField> interrupts(String suffix) {
        return List.of(
                bit("ME" + suffix, 11, "external, machine"),
                bit("SE" + suffix, 9, "external"),
                bit("MT" + suffix, 7, "timer, machine"),
                bit("ST" + suffix, 5, "timer"),
                bit("MS" + suffix, 3, "software, machine"),
                bit("SS" + suffix, 1, "software"));
    }

    private static List<BitField> vector() {
        return List.of(
                address("BASE", 2, 62, "where traps go"),
                new BitField("MODE", 0, 2, "how", Map.of(0L, "direct", 1L, "vectored")));
    }

    private static List<BitField> counters() {
        return List.of(
                field("HPM", 3, 29, "event counters"),
                bit("IR", 2, "instructions"),
                bit("TM", 1, "time"),
                bit("CY", 0, "cycles"));
    }

    // one bit for each exception that the kernel gets without machine mode
    private static List<BitField> delegated() {
        List<BitField> fields = new ArrayList<>();
        for (int code = 15; code >= 0; code--) {
            String name = EXCEPTIONS.get((long) code);
            if (name != null) {
                fields.add(bit(name.replace(' ', '-'), code, "goes to the kernel"));
            }
        }
        return fields;
    }

    private static List<BitField> isa() {
        List<BitField> fields = new ArrayList<>();
        fields.add(new BitField("MXL", 62, 2, "bits of a register", Map.of(1L, "32", 2L, "64", 3L, "128")));
        for (char extension = 'Z'; extension >= 'A'; extension--) {
            fields.add(bit(String.valueOf(extension), extension - 'A', "extension"));
        }
        return fields;
    }

    // unprivileged specification, 11.2
    private static List<BitField> floats() {
        Map<Long, String> rounding = Map.of(0L, "nearest", 1L, "zero", 2L, "down", 3L, "up", 4L, "nearest-away");
        return List.of(
                new BitField("frm", 5, 3, "rounding", rounding),
                bit("NV", 4, "invalid"),
                bit("DZ", 3, "division by zero"),
                bit("OF", 2, "overflow"),
                bit("UF", 1, "underflow"),
                bit("NX", 0, "inexact"));
    }
}
