package org.kdive.session;

import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.Program;
import org.kdive.images.symbols.Symbol;

/**
 * Finds how far KASLR moved the kernel. While the guest boots under TCG, one write watchpoint covers the whole GiB in
 * which x86-64 kernels are linked: nothing writes there until the kernel runs on its own virtual map, long before
 * {@code start_kernel}. A kernel that is up already gives itself away by its interrupt table. Either answer counts only
 * when the kernel's banner reads right at the place it implies. Session thread.
 */
final class SlideSearch {
    /** x86-64's __START_KERNEL_map and KERNEL_IMAGE_SIZE: arch/x86/include/asm/page_64_types.h. */
    private static final Stoppoint KERNEL_WINDOW = new Stoppoint(Stoppoint.Kind.WRITE, 0xffffffff80000000L, 0x40000000);
    /** CONFIG_PHYSICAL_ALIGN's smallest and usual value: KASLR moves in these steps. */
    private static final long STEP_BYTES = 0x200000;

    private static final int STEPS = 512;
    private static final int MOST_MISSES = 200;
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.US_ASCII);
    private static final Pattern IDT = Pattern.compile("IDT=\\s*([0-9a-f]{8,16})\\s");

    private final Target target;
    private final Notices notices;
    private Runnable changed = () -> {};
    private boolean settled;
    private int misses;
    private String explanation = "no kernel image is known";

    SlideSearch(Target target, Notices notices) {
        this.target = target;
        this.notices = notices;
    }

    /** Where a kernel was found, to come back to with a snapshot. */
    record Place(boolean settled, long slideBytes, String explanation) {}

    Place place() {
        return new Place(settled, settled ? target.slideBytes() : 0, explanation);
    }

    /** After a snapshot was loaded: the kernel is where it was then. */
    void restore(Place place) {
        if (!place.settled()) {
            forget();
        } else if (target.hasKernel()) {
            settled = true;
            explanation = place.explanation();
            target.slide(place.slideBytes());
            changed.run();
        }
    }

    /** Called whenever symbols move. */
    void whenChanged(Runnable listener) {
        changed = listener;
    }

    /**
     * A target is new.
     *
     * @param attachedTo a thread of a guest that may be up already; empty when it has not begun
     */
    void begin(Optional<ThreadId> attachedTo) {
        if (!target.hasKernel()) {
            return;
        }
        explanation = "not known yet: the kernel has not chosen its place";
        if (target.architecture() == Architecture.ARM) {
            settle(0, "32-bit arm kernels are linked where they run");
        }
        attachedTo.ifPresent(this::tryFromInterruptTable);
    }

    /** True once the slide is known, or known not to exist. */
    boolean isSettled() {
        return settled;
    }

    /** One line: the slide and how it was found, or why it is not known. */
    String explain() {
        return explanation;
    }

    /** After a reset the kernel will choose again. */
    void forget() {
        if (target.hasKernel() && target.architecture() != Architecture.ARM) {
            settled = false;
            misses = 0;
            explanation = "not known yet: the kernel has not chosen its place";
            target.unslide();
            changed.run();
        }
    }

    /** What must be planted while the search is on. */
    List<Stoppoint> stoppoints() {
        boolean searching = !settled && target.architecture() == Architecture.X86_64 && target.isTcg();
        return searching && target.hasKernel() && misses < MOST_MISSES ? List.of(KERNEL_WINDOW) : List.of();
    }

    boolean isMine(StopReply reply) {
        return Replies.watched(reply).equals(OptionalLong.of(KERNEL_WINDOW.address()))
                && !stoppoints().isEmpty();
    }

    /** The kernel has written through its own map: it is somewhere in the window now. */
    void onWindowWritten(ThreadId thread) {
        for (long slide : candidates(thread)) {
            settle(slide, "found by a write watchpoint over the kernel's GiB, banner checked");
            return;
        }
        if (++misses == MOST_MISSES) {
            notices.notice("no kernel that fits the image was found in memory; symbols stay at their link addresses");
        }
    }

    /** The guest is stopped somewhere: is the kernel up, and where? Quiet when it is not. */
    void tryFromInterruptTable(ThreadId thread) {
        if (settled || target.architecture() != Architecture.X86_64 || !target.hasKernel()) {
            return;
        }
        Program program = target.requireProgram();
        long slide = handlerOfDivideError(thread).stream()
                .map(handler -> program.symbols()
                        .find("asm_exc_divide_error")
                        .or(() -> program.symbols().find("divide_error"))
                        .map(symbol -> handler - symbol.address())
                        .orElse(-1L))
                .findFirst()
                .orElse(-1L);
        if (slide >= 0 && slide < STEPS * STEP_BYTES && slide % STEP_BYTES == 0 && bannerIsAt(thread, slide)) {
            settle(slide, "read off the interrupt table, banner checked");
        }
    }

    private OptionalLong handlerOfDivideError(ThreadId thread) {
        try {
            Matcher idt = IDT.matcher(target.monitor("info registers"));
            if (!idt.find()) {
                return OptionalLong.empty();
            }
            long base = new BigInteger(idt.group(1), 16).longValue();
            byte[] gate = Waits.on(target.stub().readMemory(thread, base, 16), "read the interrupt table");
            // Intel SDM vol. 3, 6.14.1: offset 15:0 at 0, 31:16 at 6, 63:32 at 8
            long low = u16(gate, 0) | u16(gate, 6) << 16;
            return OptionalLong.of(low | u16(gate, 8) << 32 | u16(gate, 10) << 48);
        } catch (RuntimeException e) {
            return OptionalLong.empty(); // no table yet, or not readable from here: the search goes on another way
        }
    }

    private static long u16(byte[] bytes, int at) {
        return bytes[at] & 0xffL | (bytes[at + 1] & 0xffL) << 8;
    }

    private List<Long> candidates(ThreadId thread) {
        Probe probe = probe();
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            reads.add(
                    target.stub().readMemory(thread, probe.linkAddress() + step * STEP_BYTES, probe.expected().length));
        }
        List<Long> found = new ArrayList<>();
        for (int step = 0; step < STEPS; step++) {
            if (reads.get(step)
                    .handle((bytes, why) -> why == null && Arrays.equals(bytes, probe.expected()))
                    .join()) {
                found.add(step * STEP_BYTES);
            }
        }
        return found;
    }

    private boolean bannerIsAt(ThreadId thread, long slide) {
        Probe probe = probe();
        return target.stub()
                .readMemory(thread, probe.linkAddress() + slide, probe.expected().length)
                .handle((bytes, why) -> why == null && Arrays.equals(bytes, probe.expected()))
                .join();
    }

    /** Bytes that only a kernel has, at a place that only its own has. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Probe(long linkAddress, byte[] expected) {}

    private Probe probe() {
        Program program = target.requireProgram();
        return program.symbols()
                .find("linux_banner")
                .map(banner -> new Probe(banner.address(), BANNER))
                .orElseGet(() -> textProbe(program));
    }

    // without KALLSYMS_ALL there is no banner symbol: the first bytes of start_kernel, from the image
    private static Probe textProbe(Program program) {
        Symbol symbol = program.symbols()
                .find("start_kernel")
                .orElseThrow(() -> new SessionException(
                        "no symbol linux_banner or start_kernel in "
                                + program.symbols().source(),
                        new SessionFailure.NoSymbol("start_kernel")));
        return new Probe(symbol.address(), program.image().linkMemory().read(symbol.address(), 24));
    }

    private void settle(long slideBytes, String how) {
        settled = true;
        explanation = "0x%x, %s".formatted(slideBytes, how);
        target.slide(slideBytes);
        changed.run();
        if (slideBytes != 0) {
            notices.notice("KASLR slide %s", explanation);
        }
    }
}
