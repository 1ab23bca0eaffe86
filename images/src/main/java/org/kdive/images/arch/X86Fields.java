package org.kdive.images.arch;

import static org.kdive.images.arch.BitField.address;
import static org.kdive.images.arch.BitField.bit;
import static org.kdive.images.arch.BitField.field;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongFunction;

/** x86 control, flags and model-specific registers. Intel SDM volume 3, 2.3 to 2.6 and 4; AMD APM volume 2, 3.1. */
final class X86Fields {
    private static final Map<Long, String> ROUNDING = Map.of(0L, "nearest", 1L, "down", 2L, "up", 3L, "zero");
    private static final int DEBUG_BREAKPOINTS = 4;

    private X86Fields() {}

    static Map<String, List<BitField>> all() {
        Map<String, List<BitField>> all = new HashMap<>();
        all.put("eflags", eflags());
        all.put("rflags", eflags());
        all.put("cr0", cr0());
        all.put("cr3", cr3());
        all.put("cr4", cr4());
        all.put("cr8", List.of(field("TPR", 0, 4, "interrupts of this priority class and below wait")));
        all.put("efer", efer());
        all.put("mxcsr", mxcsr());
        all.put("fctrl", x87Control());
        all.put("fstat", x87Status());
        all.put("dr6", dr6());
        List.of("cs", "ss", "ds", "es", "fs", "gs").forEach(name -> all.put(name, selector()));
        return all;
    }

    static List<RegisterDecoder.GroupRule> groups() {
        return List.of(
                new RegisterDecoder.GroupRule(
                        "[re]?(ax|bx|cx|dx|si|di|bp|sp)|r\\d+[dwb]?|[re]?ip|[re]?flags", RegisterGroup.GENERAL),
                new RegisterDecoder.GroupRule("[cdefgs]s|(fs|gs|k_gs)_base", RegisterGroup.SEGMENT),
                new RegisterDecoder.GroupRule("cr\\d+|dr\\d|efer|xcr0", RegisterGroup.CONTROL),
                new RegisterDecoder.GroupRule("[xyz]mm\\d+h?|k[0-7]|mxcsr", RegisterGroup.VECTOR),
                new RegisterDecoder.GroupRule("st\\d|f(ctrl|stat|tag|iseg|ioff|oseg|ooff|op)", RegisterGroup.FLOAT));
    }

    private static List<BitField> eflags() {
        return List.of(
                bit("ID", 21, "cpuid exists"),
                bit("VIP", 20, "virtual interrupt pending"),
                bit("VIF", 19, "virtual interrupt flag"),
                bit("AC", 18, "alignment check; in the kernel with SMAP: user memory may be touched"),
                bit("VM", 17, "virtual-8086 mode"),
                bit("RF", 16, "resume: instruction breakpoints off for one instruction"),
                bit("NT", 14, "nested task"),
                field("IOPL", 12, 2, "I/O privilege level"),
                bit("OF", 11, "overflow"),
                bit("DF", 10, "string instructions go down"),
                bit("IF", 9, "interrupts enabled"),
                bit("TF", 8, "single step"),
                bit("SF", 7, "sign"),
                bit("ZF", 6, "zero"),
                bit("AF", 4, "carry out of bit 3"),
                bit("PF", 2, "even parity of the low byte"),
                bit("CF", 0, "carry"));
    }

    private static List<BitField> cr0() {
        return List.of(
                bit("PG", 31, "paging"),
                bit("CD", 30, "caches off"),
                bit("NW", 29, "not write-through"),
                bit("AM", 18, "alignment check allowed"),
                bit("WP", 16, "the kernel obeys read-only pages"),
                bit("NE", 5, "x87 errors as exception 16"),
                bit("ET", 4, "always 1"),
                bit("TS", 3, "trap on the next x87 or SSE instruction"),
                bit("EM", 2, "no x87"),
                bit("MP", 1, "wait obeys TS"),
                bit("PE", 0, "protected mode"));
    }

    private static List<BitField> cr3() {
        return List.of(
                bit("LAM_U48", 62, "tags in user pointer bits 62:48"),
                bit("LAM_U57", 61, "tags in user pointer bits 62:57"),
                address("PDBR", 12, 40, "physical address of the top page table"),
                field("PCID", 0, 12, "address space number, if CR4.PCIDE; else bit 3 PWT, bit 4 PCD"));
    }

    private static List<BitField> cr4() {
        return List.of(
                bit("FRED", 32, "flexible return and event delivery"),
                bit("LAM_SUP", 28, "tags in kernel pointers"),
                bit("LASS", 27, "kernel and user halves kept apart by address"),
                bit("UINTR", 25, "user interrupts"),
                bit("PKS", 24, "protection keys for kernel pages"),
                bit("CET", 23, "control-flow enforcement"),
                bit("PKE", 22, "protection keys for user pages"),
                bit("SMAP", 21, "the kernel may not touch user pages"),
                bit("SMEP", 20, "the kernel may not run user pages"),
                bit("KL", 19, "key locker"),
                bit("OSXSAVE", 18, "xsave enabled"),
                bit("PCIDE", 17, "address space numbers"),
                bit("FSGSBASE", 16, "rdfsbase and friends"),
                bit("SMXE", 14, "safer mode"),
                bit("VMXE", 13, "virtual machine extensions"),
                bit("LA57", 12, "five-level paging"),
                bit("UMIP", 11, "sgdt, sidt, sldt, smsw, str for the kernel only"),
                bit("OSXMMEXCPT", 10, "SSE errors as exception 19"),
                bit("OSFXSR", 9, "fxsave and SSE"),
                bit("PCE", 8, "rdpmc for user code"),
                bit("PGE", 7, "global pages"),
                bit("MCE", 6, "machine checks"),
                bit("PAE", 5, "page table entries of 8 bytes"),
                bit("PSE", 4, "4 MiB pages"),
                bit("DE", 3, "debugging extensions"),
                bit("TSD", 2, "rdtsc for the kernel only"),
                bit("PVI", 1, "protected-mode virtual interrupts"),
                bit("VME", 0, "virtual-8086 extensions"));
    }

    private static List<BitField> efer() {
        return List.of(
                bit("AIBRSE", 21, "automatic IBRS"),
                bit("UAIE", 20, "top bits of user pointers ignored"),
                bit("INTWB", 18, "wbinvd can be interrupted"),
                bit("MCOMMIT", 17, "mcommit enabled"),
                bit("TCE", 15, "translation cache extension"),
                bit("FFXSR", 14, "fast fxsave"),
                bit("LMSLE", 13, "long mode segment limit"),
                bit("SVME", 12, "secure virtual machine"),
                bit("NXE", 11, "no-execute pages"),
                bit("LMA", 10, "long mode active"),
                bit("LME", 8, "long mode enabled"),
                bit("SCE", 0, "syscall enabled"));
    }

    private static List<BitField> mxcsr() {
        return List.of(
                bit("MM", 17, "misaligned operands allowed"),
                bit("FZ", 15, "tiny results become 0"),
                new BitField("RC", 13, 2, "rounding", ROUNDING),
                bit("PM", 12, "inexact masked"),
                bit("UM", 11, "underflow masked"),
                bit("OM", 10, "overflow masked"),
                bit("ZM", 9, "division by zero masked"),
                bit("DM", 8, "denormal masked"),
                bit("IM", 7, "invalid masked"),
                bit("DAZ", 6, "denormals are 0"),
                bit("PE", 5, "inexact"),
                bit("UE", 4, "underflow"),
                bit("OE", 3, "overflow"),
                bit("ZE", 2, "division by zero"),
                bit("DE", 1, "denormal"),
                bit("IE", 0, "invalid"));
    }

    // Intel SDM volume 1, 8.1.5
    private static List<BitField> x87Control() {
        Map<Long, String> precision = Map.of(0L, "single", 2L, "double", 3L, "extended");
        return List.of(
                bit("X", 12, "infinity control of the 80287"),
                new BitField("RC", 10, 2, "rounding", ROUNDING),
                new BitField("PC", 8, 2, "precision", precision),
                bit("PM", 5, "inexact masked"),
                bit("UM", 4, "underflow masked"),
                bit("OM", 3, "overflow masked"),
                bit("ZM", 2, "division by zero masked"),
                bit("DM", 1, "denormal masked"),
                bit("IM", 0, "invalid masked"));
    }

    // Intel SDM volume 1, 8.1.3
    private static List<BitField> x87Status() {
        return List.of(
                bit("B", 15, "busy: as ES"),
                bit("C3", 14, "condition code 3"),
                field("TOP", 11, 3, "which register st0 is"),
                bit("C2", 10, "condition code 2"),
                bit("C1", 9, "condition code 1"),
                bit("C0", 8, "condition code 0"),
                bit("ES", 7, "an exception that is not masked waits"),
                bit("SF", 6, "stack over- or underflow"),
                bit("PE", 5, "inexact"),
                bit("UE", 4, "underflow"),
                bit("OE", 3, "overflow"),
                bit("ZE", 2, "division by zero"),
                bit("DE", 1, "denormal"),
                bit("IE", 0, "invalid"));
    }

    // Intel SDM volume 3, 3.4.2
    private static List<BitField> selector() {
        return List.of(
                field("INDEX", 3, 13, "entry of the descriptor table"),
                bit("TI", 2, "of the local table"),
                field("RPL", 0, 2, "requested privilege level"));
    }

    private static List<BitField> dr6() {
        return List.of(
                bit("RTM", 16, "not in a transaction"),
                bit("BT", 15, "task switch"),
                bit("BS", 14, "single step"),
                bit("BD", 13, "debug register touched"),
                bit("BLD", 11, "no bus lock"),
                bit("B3", 3, "breakpoint 3"),
                bit("B2", 2, "breakpoint 2"),
                bit("B1", 1, "breakpoint 1"),
                bit("B0", 0, "breakpoint 0"));
    }

    /** Registers whose bits say what others of them mean. */
    static Map<String, LongFunction<List<BitField>>> byValue() {
        return Map.of("dr7", X86Fields::dr7);
    }

    // kind and length are those of a breakpoint that is on; of the others they say nothing
    private static List<BitField> dr7(long value) {
        Map<Long, String> kinds = Map.of(0L, "execute", 1L, "write", 2L, "io", 3L, "access");
        Map<Long, String> lengths = Map.of(0L, "1", 1L, "2", 2L, "8", 3L, "4");
        List<BitField> fields = new ArrayList<>();
        for (int n = DEBUG_BREAKPOINTS - 1; n >= 0; n--) {
            if ((value >>> 2 * n & 3) != 0) {
                fields.add(new BitField("LEN" + n, 18 + 4 * n, 2, "bytes of breakpoint " + n, lengths));
                fields.add(new BitField("RW" + n, 16 + 4 * n, 2, "kind of breakpoint " + n, kinds));
            }
        }
        fields.add(bit("GD", 13, "guard the debug registers"));
        for (int n = DEBUG_BREAKPOINTS - 1; n >= 0; n--) {
            fields.add(bit("G" + n, 2 * n + 1, "breakpoint %d on, globally".formatted(n)));
            fields.add(bit("L" + n, 2 * n, "breakpoint %d on, this task".formatted(n)));
        }
        return fields;
    }
}
