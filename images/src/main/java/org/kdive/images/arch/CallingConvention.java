package org.kdive.images.arch;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.images.Architecture;
import org.kdive.images.types.FloatType;
import org.kdive.images.types.FunctionType;
import org.kdive.images.types.Parameter;
import org.kdive.images.types.StructType;
import org.kdive.images.types.Type;

/**
 * Where a kernel function finds its arguments and leaves its result, by the platform's ABI: System V AMD64; i386 with
 * {@code -mregparm=3}, as Linux builds; AAPCS64; AAPCS32; the RISC-V ELF psABI.
 *
 * @param arguments registers in their order
 * @param results one register, and the second for what needs two
 * @param returnAddressBytes what lies on the stack between the stack pointer and the arguments there, on entry
 */
public record CallingConvention(
        List<String> arguments, List<String> results, int wordBytes, int returnAddressBytes, boolean evenPairs) {
    private static final List<String> A64 = List.of("x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7");
    private static final List<String> RISCV = List.of("a0", "a1", "a2", "a3", "a4", "a5", "a6", "a7");

    /**
     * Where one argument is, on entry.
     *
     * @param registers the first has the lowest bytes; empty for one on the stack
     * @param stackOffset from the stack pointer
     */
    public record Placement(Parameter parameter, List<String> registers, OptionalLong stackOffset) {}

    /** Empty for an architecture that is not known. */
    public static Optional<CallingConvention> of(Architecture architecture) {
        return switch (architecture) {
            case X86_64 ->
                Optional.of(new CallingConvention(
                        List.of("rdi", "rsi", "rdx", "rcx", "r8", "r9"), List.of("rax", "rdx"), 8, 8, false));
            case X86_32 ->
                Optional.of(new CallingConvention(List.of("eax", "edx", "ecx"), List.of("eax", "edx"), 4, 4, false));
            case ARM64 -> Optional.of(new CallingConvention(A64, A64.subList(0, 2), 8, 0, false));
            case ARM ->
                Optional.of(new CallingConvention(List.of("r0", "r1", "r2", "r3"), List.of("r0", "r1"), 4, 0, true));
            case RISCV64 -> Optional.of(new CallingConvention(RISCV, RISCV.subList(0, 2), 8, 0, false));
            case RISCV32 -> Optional.of(new CallingConvention(RISCV, RISCV.subList(0, 2), 4, 0, true));
            default -> Optional.empty();
        };
    }

    /** The places of the arguments on entry, to the first whose place this does not tell: a float, a large struct. */
    public List<Placement> place(FunctionType function) {
        List<Placement> places = new ArrayList<>();
        int used = 0;
        long stack = returnAddressBytes;
        for (Parameter parameter : function.parameters()) {
            int words = words(parameter.type().type());
            if (words == 0) {
                break;
            }
            if (evenPairs && words == 2) {
                used += used & 1;
            }
            if (used + words <= arguments.size()) {
                places.add(new Placement(parameter, arguments.subList(used, used + words), OptionalLong.empty()));
                used += words;
            } else {
                places.add(new Placement(parameter, List.of(), OptionalLong.of(stack)));
                used = wordBytes == 8 && words == 1 ? arguments.size() : used;
                stack += (long) words * wordBytes;
            }
        }
        return places;
    }

    /** The registers of a result, lowest bytes first; empty for void and for what is returned in memory. */
    public List<String> result(FunctionType function) {
        return results.subList(0, words(function.result().type()));
    }

    /** Words in registers; 0 for what does not travel in integer registers. */
    private int words(Type type) {
        Type bare = type.strip();
        long bytes = bare.sizeBytes();
        boolean isLargeStruct = bare instanceof StructType && bytes > (wordBytes == 8 ? 16 : 4);
        if (bare instanceof FloatType || isLargeStruct || bytes <= 0 || bytes > 2L * wordBytes) {
            return 0;
        }
        return bytes > wordBytes ? 2 : 1;
    }
}
