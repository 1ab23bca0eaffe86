package org.kdive.session;

import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Program;

/**
 * Whether it is known how far KASLR moved the kernel, and how it became known. The looking is done by a
 * {@link SlideMethod}, which is the architecture's. Session thread.
 */
final class SlideSearch {
    private static final String UNKNOWN = "not known yet: the kernel has not chosen its place";

    private final Target target;
    private final Notices notices;
    private Runnable changed = () -> {};
    private @Nullable SlideMethod method; // null until it is first needed: choosing may need the symbols
    private List<Stoppoint> wanted = List.of(); // by the method, for the present run
    private boolean settled;
    private boolean complained;
    private @Nullable Place doubted; // where it was before it may have moved; null: nothing to look at again
    private String explanation = "no kernel image is known";
    private List<String> confirmations = List.of();

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
        explanation = UNKNOWN;
        method().known().ifPresent(this::settle);
        attachedTo.ifPresent(this::tryRunning);
    }

    private SlideMethod method() {
        if (method == null) {
            method = SlideMethod.of(target);
        }
        return method;
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
        if (target.hasKernel() && method().known().isEmpty()) {
            settled = false;
            complained = false;
            explanation = UNKNOWN;
            confirmations = List.of();
            method().restart();
            target.unslide();
            changed.run();
        }
    }

    /** The guest is stopped: is the kernel up, and where it was, or elsewhere? It may be long after the reset was told. */
    void settleDoubt(ThreadId thread) {
        Place before = doubted;
        doubted = null;
        if (before == null) {
            return;
        }
        if (new KernelMark(target).isAt(thread, before.slideBytes())) {
            restore(before);
        } else {
            tryRunning(thread);
        }
    }

    /** The explanation, and a line for each other way in which the same was found. */
    List<String> explainAll() {
        return Stream.concat(Stream.of(explanation), confirmations.stream()).toList();
    }

    /** What else says so, or contradicts. */
    void confirmedBy(List<String> lines) {
        confirmations = List.copyOf(lines);
    }

    /** After a reset, or when the guest's memory became another: {@link #settleDoubt} comes at the next stop at the latest. */
    void doubt() {
        Place before = place();
        forget();
        if (before.settled() && !settled) {
            doubted = before;
        }
    }

    /** A kernel was found in the guest's memory, where no image was given. */
    void adopt(Program linked, SlideMethod.Found found) {
        target.adopt(linked);
        settle(found);
    }

    /** What must be planted while the search is on. The guest is stopped. */
    List<Stoppoint> stoppoints() {
        settleDoubt(target.firstThread());
        boolean searching = !settled && target.hasKernel();
        boolean wasLooking = !wanted.isEmpty();
        wanted = searching ? method().stoppoints(target.firstThread()) : List.of();
        if (searching && wasLooking && wanted.isEmpty() && !complained) {
            complained = true;
            notices.notice("no kernel that fits the image was found in memory; symbols stay at their link addresses");
        }
        return wanted;
    }

    /** Whether a watchpoint of the search was hit. */
    boolean isMine(StopReply reply) {
        OptionalLong address = Replies.watched(reply);
        return address.isPresent() && isWanted(address.getAsLong());
    }

    private boolean isWanted(long address) {
        return !settled && wanted.stream().anyMatch(point -> point.address() == address);
    }

    /** The guest stands where the search wanted it: the kernel may have chosen its place. */
    void onReached(ThreadId thread) {
        method().at(thread).ifPresent(this::settle);
    }

    /** The guest stands at this instruction, for whatever reason. */
    void passes(ThreadId thread, long pc) {
        settleDoubt(thread);
        if (isWanted(pc)) {
            onReached(thread);
        }
    }

    /** The guest is stopped somewhere: is the kernel up, and where? Quiet when it is not. */
    void tryRunning(ThreadId thread) {
        if (!settled && target.hasKernel()) {
            method().ofRunning(thread).ifPresent(this::settle);
        }
    }

    void settle(SlideMethod.Found found) {
        settled = true;
        explanation = "0x%x, %s".formatted(found.slideBytes(), found.how());
        target.slide(found.slideBytes());
        changed.run();
        if (found.slideBytes() != 0) {
            notices.notice("KASLR slide %s", explanation);
        }
    }
}
