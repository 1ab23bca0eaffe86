package org.kdive.session;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.ImageException;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;

/**
 * arm64 kernels begin at a physical address and end {@code __primary_switch} with a jump through a register to
 * {@code __primary_switched} on their own map: the register less the link address is the slide. QEMU's loader has the Image
 * in RAM before the first instruction, so the jump can be found there. Firmware puts it elsewhere later; then the first write
 * to the kernel's half of the addresses comes from the code that relocates it, still at its physical place.
 */
final class Arm64PrimarySwitch implements SlideMethod {
    private static final Stoppoint KERNEL_HALF =
            new Stoppoint(Stoppoint.Kind.WRITE, 0xffff000000000000L, 0x1000000000000L);
    /** Where RAM begins: virt; most boards; Xilinx and others; sbsa-ref. */
    private static final List<Long> RAM = List.of(0x40000000L, 0L, 0x80000000L, 0x10000000000L);
    /** QEMU hw/arm/boot.c: text_offset, where older kernels have one, or 2 MiB to leave room for the boot loader. */
    private static final List<Long> LOAD_OFFSETS = List.of(0x200000L, 0x80000L, 0x280000L);
    /** Linux Documentation/arch/arm64/booting.rst: the header. */
    private static final int HEADER_BYTES = 64;
    /** What the EFI stub aligns to: EFI_KIMG_ALIGN. */
    private static final long EFI_ALIGN = 0x10000;

    private static final int MOST_MISSES = 3;
    private static final int LARGEST_FUNCTION_BYTES = 1024;
    static final List<String> VECTOR_BASES = List.of("VBAR", "VBAR_EL1", "VBAR_EL2");

    private final Target target;
    private final KernelMark mark;
    private @Nullable Jump jump; // null until the Image is found in RAM
    private int misses;

    /** {@code br xN} at a physical address. */
    private record Jump(Stoppoint stoppoint, String register) {}

    Arm64PrimarySwitch(Target target, KernelMark mark) {
        this.target = target;
        this.mark = mark;
    }

    @Override
    public Optional<Found> known() {
        return Optional.empty();
    }

    @Override
    public List<Stoppoint> stoppoints(ThreadId thread) {
        if (jump == null) {
            RAM.stream()
                    .flatMap(ram -> LOAD_OFFSETS.stream().map(offset -> ram + offset))
                    .filter(place -> imageIsAt(thread, place))
                    .findFirst()
                    .ifPresent(this::foundImage);
        }
        if (jump != null) {
            return List.of(jump.stoppoint());
        }
        return target.isTcg() && misses < MOST_MISSES ? List.of(KERNEL_HALF) : List.of();
    }

    @Override
    public Optional<Found> at(ThreadId thread) {
        RegisterFile registers = target.registers(thread);
        long pc = registers.pc();
        if (jump != null && pc == jump.stoppoint().address()) {
            return atJump(registers.require(jump.register()), thread);
        }
        if (pc < 0) {
            misses++;
            return ofRunning(thread);
        }
        long lowest = Math.max(0, pc - target.requireProgram().image().payload().size());
        for (long place = pc & -EFI_ALIGN; place >= lowest; place -= EFI_ALIGN) {
            if (imageIsAt(thread, place)) {
                foundImage(place);
                return Optional.empty();
            }
        }
        misses++; // the processor stops before it writes: while the watchpoint stands, it stops here again
        return Optional.empty();
    }

    private Optional<Found> atJump(long goal, ThreadId thread) {
        return target.requireProgram()
                .symbols()
                .find("__primary_switched")
                .map(symbol -> goal - symbol.address())
                .filter(slide -> mark.isAt(thread, slide))
                .map(slide -> new Found(slide, "read off the jump to __primary_switched, banner checked"));
    }

    /** The exception vectors, as the processor knows them. In user mode with KPTI they are others. */
    @Override
    public Optional<Found> ofRunning(ThreadId thread) {
        Optional<Symbol> vectors = target.requireProgram().symbols().find("vectors");
        RegisterFile registers = target.registers(thread);
        return VECTOR_BASES.stream()
                .map(registers::number)
                .filter(base -> base.isPresent() && vectors.isPresent())
                .map(base -> base.getAsLong() - vectors.get().address())
                .filter(slide -> mark.isAt(thread, slide))
                .findFirst()
                .map(slide -> new Found(slide, "read off the exception vectors, banner checked"));
    }

    @Override
    public void restart() {
        jump = null;
        misses = 0;
    }

    private boolean imageIsAt(ThreadId thread, long place) {
        Program program = target.requireProgram();
        if (program.image().payload().size() < HEADER_BYTES) {
            return false;
        }
        byte[] header = program.image().payload().toArray(0, HEADER_BYTES);
        return Arrays.equals(target.memory(thread).readPrefix(place, HEADER_BYTES), header);
    }

    private void foundImage(long place) {
        jump = findJump(place).orElse(null);
        if (jump == null) {
            misses = MOST_MISSES; // this kernel changes over in another way
        }
    }

    private Optional<Jump> findJump(long place) {
        Program program = target.requireProgram();
        OptionalLong base = program.image().linkAddressOf(0);
        Optional<Symbol> function = program.symbols().find("__primary_switch");
        if (base.isEmpty() || function.isEmpty()) {
            return Optional.empty();
        }
        try {
            Symbol symbol = function.get();
            int size = (int) Math.min(Math.max(symbol.sizeBytes(), 4), LARGEST_FUNCTION_BYTES);
            byte[] bytes = program.image().linkMemory().read(symbol.address(), size);
            ByteBuffer code = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
            for (int at = 0; at + 4 <= size; at += 4) {
                int instruction = code.getInt(at);
                if ((instruction & 0xfffffc1f) == 0xd61f0000) { // br xN: Arm ARM, C6.2
                    long physical = place + symbol.address() + at - base.getAsLong();
                    return Optional.of(new Jump(Stoppoint.hardware(physical), "x" + (instruction >> 5 & 31)));
                }
            }
            return Optional.empty();
        } catch (ImageException e) {
            return Optional.empty(); // the image ends before its own symbol
        }
    }
}
