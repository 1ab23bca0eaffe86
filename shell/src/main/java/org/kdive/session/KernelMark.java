package org.kdive.session;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.ImageException;
import org.kdive.images.KernelImage;
import org.kdive.images.Program;

/**
 * Bytes that only this kernel has, at a place that only they have: its banner, or the beginning of {@code start_kernel}.
 * Where they read right at run time, there the kernel is. Session thread.
 */
final class KernelMark {
    private static final byte[] BANNER = "Linux version ".getBytes(StandardCharsets.US_ASCII);
    /** As much of the banner as has the release in it. */
    private static final int BANNER_BYTES = 48;

    private static final int TEXT_BYTES = 24;

    private final Target target;
    private Optional<Mark> mark = Optional.empty();
    private boolean sought;

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Mark(long linkAddress, byte[] bytes) {}

    KernelMark(Target target) {
        this.target = target;
    }

    boolean isAt(ThreadId thread, long slideBytes) {
        return find().map(known -> answers(read(thread, known, slideBytes), known))
                .orElse(false);
    }

    /** The smallest of {@code 0, step, 2 * step ...} by which the kernel is moved; empty when it is at none of them. */
    OptionalLong among(ThreadId thread, long stepBytes, int steps) {
        return among(thread, stepBytes, 0, steps);
    }

    /**
     * The same for a kernel whose code is being run: it lies around the PC, which leaves a dozen places to look at.
     * Empty also when the PC is in no place that this kernel could be moved to.
     */
    OptionalLong around(ThreadId thread, long pc, long stepBytes, int steps) {
        KernelImage image = target.requireProgram().image();
        OptionalLong text = image.textLinkAddress();
        if (text.isEmpty()) {
            return OptionalLong.empty();
        }
        long last = (pc - text.getAsLong()) / stepBytes;
        long first = Math.max(0, last - image.payload().size() / stepBytes - 1);
        return pc - text.getAsLong() < 0 || last >= steps
                ? OptionalLong.empty()
                : among(thread, stepBytes, (int) first, (int) last + 1);
    }

    private OptionalLong among(ThreadId thread, long stepBytes, int first, int end) {
        Optional<Mark> known = find();
        if (known.isEmpty()) {
            return OptionalLong.empty();
        }
        List<CompletableFuture<byte[]>> reads = new ArrayList<>();
        for (int step = first; step < end; step++) {
            reads.add(read(thread, known.get(), step * stepBytes));
        }
        OptionalLong found = OptionalLong.empty();
        for (int step = end - 1; step >= first; step--) {
            if (answers(reads.get(step - first), known.get())) {
                found = OptionalLong.of(step * stepBytes);
            }
        }
        return found;
    }

    private CompletableFuture<byte[]> read(ThreadId thread, Mark known, long slideBytes) {
        return target.stub().readMemory(thread, known.linkAddress() + slideBytes, known.bytes().length);
    }

    private static boolean answers(CompletableFuture<byte[]> read, Mark known) {
        return read.handle((bytes, why) -> why == null && Arrays.equals(bytes, known.bytes()))
                .join();
    }

    private Optional<Mark> find() {
        if (!sought) {
            sought = true;
            mark = banner(target.requireProgram()).or(() -> text(target.requireProgram()));
        }
        return mark;
    }

    private static Optional<Mark> banner(Program program) {
        OptionalLong address = program.symbols()
                .find("linux_banner")
                .map(symbol -> OptionalLong.of(symbol.address()))
                .orElseGet(() -> program.image().bannerLinkAddress());
        return address.isEmpty()
                ? Optional.empty()
                : Optional.of(fromImage(program, address.getAsLong(), BANNER_BYTES)
                        .orElseGet(() -> new Mark(address.getAsLong(), BANNER)));
    }

    private static Optional<Mark> text(Program program) {
        return program.symbols()
                .find("start_kernel")
                .flatMap(symbol -> fromImage(program, symbol.address(), TEXT_BYTES));
    }

    private static Optional<Mark> fromImage(Program program, long linkAddress, int length) {
        try {
            return Optional.of(
                    new Mark(linkAddress, program.image().linkMemory().read(linkAddress, length)));
        } catch (ImageException e) {
            return Optional.empty(); // nothing tells where the bytes of this image belong
        }
    }
}
