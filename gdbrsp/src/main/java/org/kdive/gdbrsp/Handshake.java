package org.kdive.gdbrsp;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.wire.Request;
import org.kdive.gdbrsp.wire.RspLink;

/** What is asked before anything else, in lock step; on the loop. */
final class Handshake {
    private static final int QEMU_DEPTH = 64;

    private final RspLink link;
    private final RspOptions options;

    private StubFeatures features;
    private TargetDescription description = TargetDescription.unknown();
    private @Nullable StopReply stop; // null unless it was asked for
    private @Nullable ThreadId first; // null when the stub does not tell

    /** What it found out. {@code first} is some thread of the target, null when the stub does not tell. */
    record Result(
            StubFeatures features,
            TargetDescription description,
            @Nullable StopReply stop,
            @Nullable ThreadId first) {}

    private Handshake(RspLink link, RspOptions options) {
        this.link = link;
        this.options = options;
        this.features = StubFeatures.parse("", options.defaultPacketSize());
    }

    static CompletableFuture<Result> run(RspLink link, RspOptions options) {
        Handshake it = new Handshake(link, options);
        return it.askFeatures()
                .thenCompose(done -> it.askNoAck())
                .thenCompose(done -> it.askVCont())
                .thenCompose(done -> it.askQemu())
                .thenCompose(done -> it.chooseThread())
                .thenCompose(done -> it.askFirstThread())
                .thenCompose(done -> it.askDescription())
                .thenCompose(done -> it.askStop())
                .thenApply(done -> it.establish());
    }

    private CompletableFuture<Void> askFeatures() {
        // What we can make sense of. A stub may hold back what its client did not name
        String offer = "qSupported:" + (options.offerMultiprocess() ? "multiprocess+;" : "")
                + "swbreak+;hwbreak+;vContSupported+;xmlRegisters=i386,arm";
        return ask("greet the stub", offer)
                .thenAccept(answer -> features = StubFeatures.parse(answer.orElse(""), options.defaultPacketSize()));
    }

    private CompletableFuture<Void> askNoAck() {
        if (!features.noAckMode()) {
            return done();
        }
        return link.submit(Request.ok("end acknowledgements", "QStartNoAckMode"))
                .result()
                .thenAccept(ok -> link.stopAcknowledging());
    }

    /** KGDB, which knows no packet of a longer name, answers qSupported empty: it is spared the rest. */
    private boolean isTerse() {
        return features.isTerse();
    }

    private CompletableFuture<Void> askVCont() {
        return isTerse()
                ? done()
                : ask("ask for vCont", "vCont?").thenAccept(answer -> features = features.withVCont(answer.orElse("")));
    }

    private CompletableFuture<Void> askQemu() {
        if (isTerse()) {
            return done();
        }
        return ask("ask for QEMU's extensions", "qqemu.Supported").thenCompose(answer -> {
            features = features.withQemu(answer.orElse(""));
            // QEMU keeps the mode across connections: an earlier client may have left it on
            return features.physicalMemory()
                    ? ask("address virtually", "Qqemu.PhyMemMode:0").thenAccept(ok -> {})
                    : done();
        });
    }

    /** gdbserver (13.1) fails an assertion and dies of a question for its description while no thread is chosen. */
    private CompletableFuture<Void> chooseThread() {
        return !features.describesTarget() || features.isQemu()
                ? done()
                : ask("choose a thread", features.multiprocess() ? "Hgp0.0" : "Hg0")
                        .thenAccept(ok -> {});
    }

    private CompletableFuture<Void> askFirstThread() {
        return ask("ask for a thread", "qC").thenAccept(answer -> {
            String text = answer.orElse("");
            if (text.startsWith("QC") && !text.equals("QC0") && !text.equals("QC-1")) {
                first = ThreadId.parse(text.substring(2));
            }
        });
    }

    private CompletableFuture<Void> askDescription() {
        // Before any register: QEMU before 8.2 has no p and P, and old layouts of arm, until target.xml was read
        if (features.describesTarget()) {
            return DescriptionReader.read(link, features).thenAccept(read -> description = read);
        }
        TargetDescription fallback = options.fallbackDescription();
        if (fallback != null) {
            description = fallback;
            return done();
        }
        return ask("ask for the registers", "g").thenAccept(answer -> {
            String hex = answer.orElse("");
            DefaultLayouts.ofSize(hex.length() / 2).ifPresent(layout -> {
                description = layout;
                features = features.withPacketSizeUnlessSaid(DefaultLayouts.bufferBytes(layout));
            });
        });
    }

    private CompletableFuture<Void> askStop() {
        if (!options.askWhyHalted()) {
            return done();
        }
        return link.submit(Request.of("ask why it halted", "?", StopReplyParser::parse)
                        .takingStop())
                .result()
                .thenAccept(reply -> stop = reply);
    }

    private Result establish() {
        int depth = options.pipelineDepth() > 0 ? options.pipelineDepth() : features.isQemu() ? QEMU_DEPTH : 1;
        link.established(depth, features.packetSizeBytes() - 4, features.isQemu());
        return new Result(features, description, stop, first);
    }

    /** Empty when the stub does not know the packet or replies an error: then it lacks the feature. */
    private CompletableFuture<Optional<String>> ask(String doing, String packet) {
        return link.submit(Request.text(doing, packet).takingEmpty()).result().handle((text, thrown) -> {
            if (thrown == null) {
                return Optional.of(text);
            }
            RspException e = RspException.from(thrown);
            if (e.failure() instanceof RspFailure.StubError) {
                return Optional.empty();
            }
            throw e;
        });
    }

    private static CompletableFuture<Void> done() {
        return CompletableFuture.completedFuture(null);
    }
}
