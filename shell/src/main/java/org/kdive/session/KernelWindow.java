package org.kdive.session;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Program;

/**
 * Watches the whole range of addresses in which an architecture links its kernels. Nothing touches it until the kernel runs
 * on its own virtual map, long before {@code start_kernel}; then its mark is looked for at every place KASLR can choose.
 * Needs TCG, whose watchpoints have any length.
 */
final class KernelWindow implements SlideMethod {
    /** CONFIG_PHYSICAL_ALIGN's smallest and usual value, and riscv's PMD_SIZE: KASLR moves in these steps. */
    private static final long STEP_BYTES = 0x200000;

    private static final int MOST_MISSES = 200;

    private final Target target;
    private final KernelMark mark;
    private final Stoppoint window;
    private final boolean hasInterruptTable;
    private int misses;

    private KernelWindow(Target target, KernelMark mark, Stoppoint window, boolean hasInterruptTable) {
        this.target = target;
        this.mark = mark;
        this.window = window;
        this.hasInterruptTable = hasInterruptTable;
    }

    /** x86-64's __START_KERNEL_map and KERNEL_IMAGE_SIZE: arch/x86/include/asm/page_64_types.h. */
    static SlideMethod x86(Target target, KernelMark mark) {
        Stoppoint window = new Stoppoint(Stoppoint.Kind.WRITE, 0xffffffff80000000L, 0x40000000);
        return new KernelWindow(target, mark, window, true);
    }

    /** From PAGE_OFFSET up to where PCI devices are on PCs: KASLR keeps to KERNEL_IMAGE_SIZE, 512 MiB. */
    static SlideMethod i386(Target target, KernelMark mark) {
        return new KernelWindow(target, mark, new Stoppoint(Stoppoint.Kind.WRITE, 0xc0000000L, 0x20000000), false);
    }

    /** riscv64's last two GiB, of which KASLR uses one: arch/riscv/include/asm/pgtable.h, KERNEL_LINK_ADDR. */
    static SlideMethod riscv(Target target, KernelMark mark) {
        // the kernel reads its own map before it writes there
        Stoppoint window = new Stoppoint(Stoppoint.Kind.ACCESS, 0xffffffff80000000L, 0x40000000);
        return new KernelWindow(target, mark, window, false);
    }

    @Override
    public Optional<Found> known() {
        return Optional.empty();
    }

    @Override
    public List<Stoppoint> stoppoints(ThreadId thread) {
        return target.isTcg() && misses < MOST_MISSES ? List.of(window) : List.of();
    }

    @Override
    public Optional<Found> at(ThreadId thread) {
        int steps = (int) (window.lengthBytes() / STEP_BYTES);
        OptionalLong slide = mark.around(thread, target.registers(thread).pc(), STEP_BYTES, steps);
        if (slide.isEmpty()) {
            slide = mark.among(thread, STEP_BYTES, steps);
        }
        if (slide.isEmpty()) {
            misses++;
            return Optional.empty();
        }
        String size = window.lengthBytes() == 0x40000000 ? "GiB" : "window";
        String kind = window.kind() == Stoppoint.Kind.WRITE ? "a write watchpoint" : "a watchpoint";
        return Optional.of(
                new Found(slide.getAsLong(), "found by %s over the kernel's %s, banner checked".formatted(kind, size)));
    }

    @Override
    public void restart() {
        misses = 0;
    }

    /** A kernel that is up gives itself away by its interrupt table. */
    @Override
    public Optional<Found> ofRunning(ThreadId thread) {
        if (!hasInterruptTable) {
            OptionalLong slide = mark.among(thread, STEP_BYTES, (int) (window.lengthBytes() / STEP_BYTES));
            return slide.isPresent()
                    ? Optional.of(new Found(slide.getAsLong(), "its banner was found there"))
                    : Optional.empty();
        }
        Program program = target.requireProgram();
        OptionalLong handler = InterruptTable.handlerOfDivideError(target, thread);
        if (handler.isEmpty()) {
            // no monitor to ask for the table: the code that runs is the kernel's own, or nothing tells
            OptionalLong slide = mark.around(
                    thread, target.registers(thread).pc(), STEP_BYTES, (int) (window.lengthBytes() / STEP_BYTES));
            return slide.isPresent()
                    ? Optional.of(new Found(slide.getAsLong(), "its banner was found near the program counter"))
                    : Optional.empty();
        }
        return program.symbols()
                .find("asm_exc_divide_error")
                .or(() -> program.symbols().find("divide_error"))
                .map(symbol -> handler.getAsLong() - symbol.address())
                .filter(slide -> slide >= 0 && slide < window.lengthBytes() && slide % STEP_BYTES == 0)
                .filter(slide -> mark.isAt(thread, slide))
                .map(slide -> new Found(slide, "read off the interrupt table, banner checked"));
    }
}
