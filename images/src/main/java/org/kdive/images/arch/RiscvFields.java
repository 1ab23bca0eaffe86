package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.List;
import java.util.Map;

/** RISC-V 64 supervisor registers. RISC-V Privileged Architecture 1.12, chapters 3.1 and 4.1. */
final class RiscvFields {
    private RiscvFields() {}

    static Map<String, List<BitField>> all() {
        return Map.of(
                "sstatus", status(),
                "mstatus", status(),
                "satp", satp(),
                "scause", cause(),
                "sie", interrupts(),
                "sip", interrupts());
    }

    static List<RegisterDecoder.GroupRule> groups() {
        return List.of(
                new RegisterDecoder.GroupRule("zero|ra|sp|gp|tp|fp|pc|[ast]\\d+|x\\d+", RegisterGroup.GENERAL),
                new RegisterDecoder.GroupRule("f([ast]|)\\d+|fcsr|fflags|frm", RegisterGroup.FLOAT),
                new RegisterDecoder.GroupRule("v\\d+|vtype|vl|vlenb|vstart", RegisterGroup.VECTOR),
                new RegisterDecoder.GroupRule(
                        "satp|sstatus|scause|stval|sepc|stvec|sscratch|sie|sip|priv", RegisterGroup.CONTROL));
    }

    private static List<BitField> status() {
        Map<Long, String> use = Map.of(0L, "off", 1L, "initial", 2L, "clean", 3L, "dirty");
        return List.of(
                bit("SD", 63, "some state is dirty"),
                bit("MXR", 19, "executable is readable"),
                bit("SUM", 18, "the kernel may touch user pages"),
                bit("MPRV", 17, "loads and stores as MPP"),
                new BitField("FS", 13, 2, "floating point state", use),
                field("MPP", 11, 2, "mode before the machine trap"),
                new BitField("VS", 9, 2, "vector state", use),
                bit("SPP", 8, "the trap came from the kernel"),
                bit("MPIE", 7, "machine interrupts before the trap"),
                bit("SPIE", 5, "interrupts before the trap"),
                bit("MIE", 3, "machine interrupts enabled"),
                bit("SIE", 1, "interrupts enabled"));
    }

    private static List<BitField> satp() {
        Map<Long, String> modes = Map.of(0L, "bare", 8L, "Sv39", 9L, "Sv48", 10L, "Sv57");
        return List.of(
                new BitField("MODE", 60, 4, "paging", modes),
                field("ASID", 44, 16, "address space number"),
                field("PPN", 0, 44, "page frame of the top page table"));
    }

    private static List<BitField> cause() {
        Map<Long, String> codes = Map.ofEntries(
                Map.entry(0L, "instruction misaligned"),
                Map.entry(1L, "instruction access fault (interrupt: supervisor software)"),
                Map.entry(2L, "illegal instruction"),
                Map.entry(3L, "breakpoint"),
                Map.entry(4L, "load misaligned"),
                Map.entry(5L, "load access fault (interrupt: supervisor timer)"),
                Map.entry(6L, "store misaligned"),
                Map.entry(7L, "store access fault"),
                Map.entry(8L, "ecall of user code"),
                Map.entry(9L, "ecall of the kernel (interrupt: supervisor external)"),
                Map.entry(12L, "instruction page fault"),
                Map.entry(13L, "load page fault"),
                Map.entry(15L, "store page fault"));
        return List.of(bit("INTERRUPT", 63, "an interrupt"), new BitField("CODE", 0, 63, "cause", codes));
    }

    private static List<BitField> interrupts() {
        return List.of(bit("SEI", 9, "external"), bit("STI", 5, "timer"), bit("SSI", 1, "software"));
    }
}
