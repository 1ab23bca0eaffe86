package org.kdive.session;

import java.util.List;
import java.util.Optional;
import org.kdive.images.Architecture;

/** What the processor interrupts itself for, and the kernel's function for each. */
final class Exceptions {
    /**
     * @param vector Intel SDM vol. 3, 6.3.1; of arm64, where there are none, -1
     * @param ptRegs which argument of the functions has the registers
     */
    private record Kind(Architecture architecture, int vector, String name, int ptRegs, List<List<String>> functions) {
        boolean isCalled(String wanted) {
            return wanted.isEmpty() || name.contains(wanted) || wanted.equals(String.valueOf(vector));
        }
    }

    private static final List<Kind> ALL = List.of(
            x86(0, "divide error", "exc_divide_error"),
            x86(1, "debug", "exc_debug_kernel", "exc_debug"),
            x86(3, "breakpoint", "exc_int3"),
            x86(4, "overflow", "exc_overflow"),
            x86(5, "bounds", "exc_bounds"),
            x86(6, "invalid opcode", "exc_invalid_op"),
            x86(7, "device not available", "exc_device_not_available"),
            x86(8, "double fault", "exc_double_fault"),
            x86(10, "invalid TSS", "exc_invalid_tss"),
            x86(11, "segment not present", "exc_segment_not_present"),
            x86(12, "stack segment", "exc_stack_segment"),
            x86(13, "general protection", "exc_general_protection"),
            x86(14, "page fault", "exc_page_fault"),
            x86(16, "floating point", "exc_coprocessor_error"),
            x86(17, "alignment check", "exc_alignment_check"),
            x86(18, "machine check", "exc_machine_check"),
            x86(19, "SIMD floating point", "exc_simd_coprocessor_error"),
            arm64("page fault or abort", 2, List.of(List.of("do_mem_abort"))),
            // one function for both levels until v6.3
            arm64(
                    "undefined instruction",
                    0,
                    List.of(List.of("do_undefinstr", "do_el1_undef"), List.of("do_el0_undef"))),
            arm64("SP or PC alignment", 2, List.of(List.of("do_sp_pc_abort"))),
            arm64("debug", 2, List.of(List.of("do_debug_exception"))),
            arm64("SError", 0, List.of(List.of("do_serror"))));

    private Exceptions() {}

    private static Kind x86(int vector, String name, String... functions) {
        return new Kind(Architecture.X86_64, vector, name, 0, List.of(List.of(functions)));
    }

    private static Kind arm64(String name, int ptRegs, List<List<String>> functions) {
        return new Kind(Architecture.ARM64, -1, name, ptRegs, functions);
    }

    /** @param wanted a vector, a part of a name, or "" for all. Throws Usage. */
    static Catch catching(String wanted) {
        if (ALL.stream().noneMatch(kind -> kind.isCalled(wanted))) {
            throw Catches.bad(
                    "catch exception: no \"%s\"; a vector, or a word such as page, invalid, debug".formatted(wanted));
        }
        return new Catch.AtFunctions(
                Catches.join("exception", wanted),
                architecture -> ALL.stream()
                        .filter(kind -> kind.architecture() == architecture && kind.isCalled(wanted))
                        .flatMap(kind -> kind.functions().stream())
                        .toList(),
                Exceptions::tell);
    }

    private static Optional<String> tell(Caught here) {
        String function = here.function(here.pc());
        Optional<Kind> kind = ALL.stream()
                .filter(one -> one.functions().stream().anyMatch(group -> group.contains(function)))
                .findFirst();
        if (function.equals("exc_page_fault")) {
            return Optional.of("exception 14, page fault at 0x%x, error code 0x%x in %s"
                    .formatted(here.register("cr2"), here.argument(1), here.savedPlace(here.argument(0))));
        }
        if (function.equals("do_mem_abort")) {
            return Optional.of("exception, page fault or abort at 0x%x, ESR 0x%x in %s"
                    .formatted(here.argument(0), here.argument(1), here.savedPlace(here.argument(2))));
        }
        return kind.map(one -> {
            String number = one.vector() < 0 ? "" : " " + one.vector();
            return "exception%s, %s in %s".formatted(number, one.name(), here.savedPlace(here.argument(one.ptRegs())));
        });
    }
}
