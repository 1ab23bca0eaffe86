package org.kdive.gdbrsp;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;
import org.kdive.gdbrsp.wire.RspPacket;

/** Stoppoints, resuming and stopping. */
final class RunControl implements RspLink.Listener {
    private static final int SIGTRAP = 5;

    private final List<Consumer<StopReply>> stopListeners = new CopyOnWriteArrayList<>();
    private final List<Consumer<byte[]>> outputListeners = new CopyOnWriteArrayList<>();
    private final CompletableFuture<RspFailure> closed = new CompletableFuture<>();

    // Those the stub has, with repeats; on the loop. A list, as QEMU too keeps one entry an insertion
    private final List<Stoppoint> inserted = new ArrayList<>();
    private final ReadAhead ahead = new ReadAhead();
    private volatile @Nullable StopReply lastStop; // null while running, and when no stop was ever reported

    Optional<StopReply> lastStop() {
        return Optional.ofNullable(lastStop);
    }

    ReadAhead ahead() {
        return ahead;
    }

    void remember(StopReply stop) {
        lastStop = stop;
    }

    CompletableFuture<RspFailure> closed() {
        return closed;
    }

    void onStop(Consumer<StopReply> listener) {
        stopListeners.add(listener);
    }

    void onOutput(Consumer<byte[]> listener) {
        outputListeners.add(listener);
    }

    // ---- stoppoints ----

    CompletableFuture<Void> insert(RspLink link, Stoppoint stoppoint) {
        return Request.done(link.submit(inserting(stoppoint)).result());
    }

    CompletableFuture<Void> remove(RspLink link, Stoppoint stoppoint) {
        return Request.done(link.submit(removing(stoppoint)).result());
    }

    private Request<Boolean> inserting(Stoppoint stoppoint) {
        Request<Boolean> request = Request.ok("insert " + stoppoint, "Z" + stoppoint.wire())
                .undoneBy(() -> Request.ok("remove " + stoppoint, "z" + stoppoint.wire()));
        request.whenAnswered((ok, thrown) -> {
            if (thrown == null) {
                inserted.add(stoppoint);
            }
        });
        return request;
    }

    private Request<Boolean> removing(Stoppoint stoppoint) {
        Request<Boolean> request = Request.ok("remove " + stoppoint, "z" + stoppoint.wire())
                .undoneBy(() -> Request.ok("insert " + stoppoint, "Z" + stoppoint.wire()));
        request.whenAnswered((ok, thrown) -> {
            if (thrown == null) {
                inserted.remove(stoppoint);
            }
        });
        return request;
    }

    /**
     * Asks {@code ?} in such a way that no stoppoint is lost: QEMU and KGDB drop breakpoints when they hear it, QEMU
     * those of one vCPU only, and then refuses to remove the others. So all are removed before and inserted after.
     */
    CompletableFuture<StopReply> askWhyHalted(RspLink link) {
        CompletableFuture<StopReply> result = new CompletableFuture<>();
        // The answer to qC comes after any stop reply that is still under way, and cannot be taken for one
        Request<String> fence = Request.text("ask for a thread", "qC").takingEmpty();
        link.submit(fence).whenAnswered((text, thrown) -> {
            if (thrown != null && !(RspException.from(thrown).failure() instanceof RspFailure.StubError)) {
                result.completeExceptionally(thrown);
            } else {
                askNow(link, result);
            }
        });
        return result;
    }

    private void askNow(RspLink link, CompletableFuture<StopReply> result) {
        List<Stoppoint> all = List.copyOf(inserted);
        List<Request<?>> burst = new ArrayList<>();
        all.forEach(stoppoint -> burst.add(removing(stoppoint)));
        Request<StopReply> ask = Request.of("ask why it halted", "?", reply -> StopReplyParser.parse(reply))
                .takingStop();
        burst.add(ask);
        for (Stoppoint stoppoint : all) {
            Request<Boolean> insert = inserting(stoppoint);
            insert.whenAnswered((ok, thrown) -> failIf(thrown, result));
            burst.add(insert);
        }
        ask.whenAnswered((stop, thrown) -> failIf(thrown, result));
        // The last of the burst answers for all: answers come in order
        Request<String> end = Request.text("ask for a thread", "qC").takingEmpty();
        end.whenAnswered((text, thrown) -> {
            failIf(thrown, result);
            StopReply stop = ask.result().getNow(new StopReply.NotReported());
            lastStop = stop;
            result.complete(stop);
        });
        burst.add(end);
        link.submitAll(burst);
    }

    private static void failIf(@Nullable Throwable thrown, CompletableFuture<?> result) {
        if (thrown != null) {
            result.completeExceptionally(thrown);
        }
    }

    // ---- resuming ----

    CompletableFuture<StopReply> resume(RspLink link, StubFeatures features, Resume how) {
        Optional<RspException> refusal = refusal(features, how);
        if (refusal.isPresent()) {
            return CompletableFuture.failedFuture(refusal.get());
        }
        Request<StopReply> request = Request.of(
                        "resume the target", packet(features, how), reply -> stopped(link, reply))
                .takingStop()
                .otherwise(new StopReply.NotReported());
        if (how instanceof Resume.StepThenContinue step) {
            request.onwards(stop -> isPlainTrap(stop, step.thread()), packet(features, step.then()));
        }
        ahead.forget();
        StopReply before = lastStop;
        selectionForOldStubs(features, how, before).ifPresent(link::submit);
        link.resume(request).whenAnswered((stop, thrown) -> {
            if (thrown != null && link.state() == RspState.HALTED) {
                lastStop = before; // refused: it never ran
            }
        });
        return request.result();
    }

    /** The end of a step of that thread, with nothing else to report. */
    private static boolean isPlainTrap(RspPacket packet, ThreadId thread) {
        return packet.looksLikeStop()
                && StopReplyParser.parse(packet) instanceof StopReply.Signal signal
                && signal.number() == SIGTRAP
                && signal.reason() instanceof StopReply.Reason.None
                && signal.thread().map(thread::equals).orElse(true);
    }

    private StopReply stopped(RspLink link, RspPacket packet) {
        StopReply stop = StopReplyParser.parse(packet);
        lastStop = stop;
        // A stub has the thread it reports selected, as gdb too assumes; but QEMU before 8.2 names any thread when it
        // is paused, and selects none
        if (stop instanceof StopReply.Signal signal && signal.number() == SIGTRAP) {
            stop.thread().ifPresent(thread -> {
                link.threadSelected(thread.wire());
                ahead.stopped(thread);
            });
        }
        return stop;
    }

    /** QEMU outside replay ends in an assertion when it hears {@code bs} or {@code bc} (7.2 to 10.2). */
    private static Optional<RspException> refusal(StubFeatures features, Resume how) {
        if (how instanceof Resume.ReverseStep && !features.reverseStep()) {
            return Optional.of(new RspException("step back", new RspFailure.Unsupported("ReverseStep")));
        }
        if (how instanceof Resume.ReverseContinue && !features.reverseContinue()) {
            return Optional.of(new RspException("continue backwards", new RspFailure.Unsupported("ReverseContinue")));
        }
        boolean holdsOthers = how instanceof Resume.ContinueOne
                || how instanceof Resume.StepThenContinue step && step.then() instanceof Resume.ContinueOne;
        if (holdsOthers && !hasVCont(features)) {
            return Optional.of(new RspException("continue one thread alone", new RspFailure.Unsupported("vCont")));
        }
        return Optional.empty();
    }

    private static boolean hasVCont(StubFeatures features) {
        return features.vContActions().contains("c") && features.vContActions().contains("s");
    }

    private static String packet(StubFeatures features, Resume how) {
        boolean vCont = hasVCont(features);
        if (how instanceof Resume.ContinueOne one) {
            return "vCont;c:" + one.thread().wire();
        }
        if (how instanceof Resume.Step step) {
            return vCont ? "vCont;s:" + step.thread().wire() : "s";
        }
        if (how instanceof Resume.StepThenContinue step) {
            return vCont ? "vCont;s:" + step.thread().wire() : "s";
        }
        if (how instanceof Resume.StepWhileOthersRun step) {
            return vCont ? "vCont;s:" + step.thread().wire() + ";c" : "s";
        }
        if (how instanceof Resume.ReverseStep) {
            return "bs";
        }
        if (how instanceof Resume.ReverseContinue) {
            return "bc";
        }
        return vCont ? "vCont;c" : "c";
    }

    /**
     * Without vCont the thread to step is chosen by a packet of its own, unless it is the one that stopped: KGDB names that
     * one by its CPU, takes the name for the CPU's idle task and refuses to step another than it runs (6.1).
     */
    private static Optional<Request<Boolean>> selectionForOldStubs(
            StubFeatures features, Resume how, @Nullable StopReply stop) {
        ThreadId thread = null;
        if (how instanceof Resume.Step step) {
            thread = step.thread();
        } else if (how instanceof Resume.StepWhileOthersRun step) {
            thread = step.thread();
        } else if (how instanceof Resume.StepThenContinue step) {
            thread = step.thread();
        }
        boolean stopped = stop != null && stop.thread().equals(Optional.ofNullable(thread));
        return thread == null || stopped || features.vContActions().contains("s")
                ? Optional.empty()
                : Optional.of(Request.ok("choose the thread to step", "Hc" + thread.wire()));
    }

    // ---- what comes by itself; on the loop ----

    @Override
    public void resumed() {
        ahead.forget();
        lastStop = null;
    }

    @Override
    public void unsolicited(RspPacket packet) {
        StopReply stop = StopReplyParser.parse(packet);
        lastStop = stop;
        stopListeners.forEach(listener -> listener.accept(stop));
    }

    @Override
    public void output(byte[] text) {
        outputListeners.forEach(listener -> listener.accept(text.clone()));
    }

    @Override
    public void closed(RspFailure first) {
        closed.complete(first);
    }
}
