package org.kdive.session;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.kdive.machine.MachineException;
import org.kdive.machine.Share;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpValue;

/**
 * Mounts shares by the shell that waits on the guest's console, where the root does not do it by itself. A shell is what
 * shows a prompt and stays quiet, and then answers a line as nothing but a shell does; nothing else is ever typed at, and
 * nothing while somebody else types. Looks a few times a second as long as there is something to do. Session thread.
 */
final class ShareMounts implements AutoCloseable {
    private static final Duration LOOK = Duration.ofMillis(250);
    private static final Duration PROOF = Duration.ofSeconds(5);
    private static final Duration ANSWER = Duration.ofSeconds(30); // the guest sleeps between its tries
    private static final Duration GRACE = Duration.ofSeconds(2); // for a root that mounts what is plugged in
    private static final int TAIL_BYTES = 4096;
    private static final long NOBODY = -1;

    private final Target target;
    private final RunControl control;
    private final Workbench bench;
    private final SecureRandom random = new SecureRandom();
    private final List<Errand> errands = new ArrayList<>();
    private final Set<String> mountedHere = new HashSet<>(); // tags
    private @Nullable RootManner manner; // null until the first share
    private boolean planned;
    private boolean closed;
    private @Nullable Talk talk; // null: nothing was typed that is not answered
    private long quietAt = NOBODY; // the console's position at the last look
    private long refusedAt = NOBODY; // where it was seen that no shell waits
    private long provenWith = NOBODY; // what was typed in all when a shell proved itself

    /** What a shell is to do. */
    private record Errand(
            Share share, boolean mounts, long notBeforeNanos, CompletableFuture<Optional<MountLine.Answer>> done) {
        static Errand mount(Share share, Duration grace) {
            return new Errand(share, true, System.nanoTime() + grace.toNanos(), new CompletableFuture<>());
        }

        static Errand unmount(Share share) {
            return new Errand(share, false, System.nanoTime(), new CompletableFuture<>());
        }

        boolean isDue() {
            return System.nanoTime() - notBeforeNanos >= 0;
        }
    }

    /** What was typed and is not answered. */
    private record Talk(MountLine line, Errand errand, boolean isProof, long endNanos) {}

    ShareMounts(Target target, RunControl control, Workbench bench) {
        this.target = target;
        this.control = control;
        this.bench = bench;
    }

    /** The guest starts, or starts over, with these: nothing is mounted. */
    void begin(List<Share> shares) {
        errands.forEach(errand -> errand.done().complete(Optional.empty()));
        errands.clear();
        mountedHere.clear();
        talk = null;
        shares.forEach(share -> want(share, false));
    }

    /** To be mounted when there is a shell; answers what the user should know about that now, or why it cannot be. */
    Optional<String> want(Share share, boolean plugged) {
        Optional<String> gap = support().flatMap(known -> plugged ? known.gapWhileRunning() : known.gap());
        if (gap.isPresent()) {
            return gap;
        }
        if (manner().mountsByItself()) {
            return Optional.empty();
        }
        add(Errand.mount(share, plugged ? GRACE : Duration.ZERO));
        String otherwise = "or type there: " + MountLine.byHand(share);
        if (!(control.state() instanceof Running)) {
            return Optional.of("it is mounted when the guest runs and a shell waits on its console, " + otherwise);
        }
        return isAtPrompt()
                ? Optional.empty()
                : Optional.of("no shell waits on the console; it is mounted when one does, " + otherwise);
    }

    /**
     * Has the shell unmount what it has mounted for us. Empty when it did not mount it, or does not come to its prompt for
     * long; nothing is mounted again then either.
     */
    Optional<MountLine.Answer> unmount(Share share) {
        errands.removeIf(errand -> errand.share().equals(share));
        if (!mountedHere.contains(share.tag()) || !(control.state() instanceof Running)) {
            return Optional.empty();
        }
        Errand errand = Errand.unmount(share);
        add(errand);
        long end = end(true);
        while (!errand.done().isDone()
                && control.state() instanceof Running
                && (talk != null || System.nanoTime() - end < 0)) {
            control.attention().attendUntil(errand.done().copy().orTimeout(LOOK.toMillis(), TimeUnit.MILLISECONDS));
        }
        errands.remove(errand);
        return errand.done().getNow(Optional.empty());
    }

    private void add(Errand errand) {
        errands.add(errand);
        refusedAt = NOBODY;
        plan();
    }

    private void plan() {
        if (!planned && !closed && !errands.isEmpty()) {
            planned = true;
            CompletableFuture.delayedExecutor(LOOK.toMillis(), TimeUnit.MILLISECONDS)
                    .execute(() -> control.post(new Happening.Errand(this::look)));
        }
    }

    private void look() {
        planned = false;
        if (closed) {
            return;
        }
        try {
            lookNow();
            plan();
        } catch (MachineException | QmpException | SessionException e) {
            talk = null; // the machine goes, and says so itself
        }
    }

    private void lookNow() {
        Talk open = talk;
        if (!(control.state() instanceof Running)) {
            talk = open == null ? null : new Talk(open.line(), open.errand(), open.isProof(), end(open.isProof()));
        } else if (open != null) {
            listen(open);
        } else if (!errands.isEmpty() && errands.get(0).isDue() && isQuietPrompt()) {
            Errand next = errands.get(0);
            if (mounted().contains(next.share().tag()) == next.mounts()) {
                finish(next, Optional.empty()); // somebody else did it
            } else {
                type(next, provenWith != bench.console().typedBytes());
            }
        }
    }

    private static long end(boolean isProof) {
        return System.nanoTime() + (isProof ? PROOF : ANSWER).toNanos();
    }

    private void type(Errand errand, boolean isProof) {
        MountLine line = new MountLine(Long.toHexString(random.nextLong()));
        talk = new Talk(line, errand, isProof, end(isProof));
        String words =
                errand.mounts() ? line.mount(errand.share(), manner().hasLaidModules()) : line.unmount(errand.share());
        bench.console().typeUnasked(isProof ? line.proof() : words);
    }

    private void listen(Talk open) {
        Optional<MountLine.Answer> answer = open.line().answer(tail());
        if (answer.isPresent()) {
            talk = null;
            if (open.isProof()) {
                provenWith = bench.console().typedBytes();
            } else {
                finish(open.errand(), answer);
            }
        } else if (System.nanoTime() - open.endNanos() > 0) {
            List<Errand> all = List.copyOf(errands);
            talk = null;
            all.forEach(errand -> finish(errand, Optional.empty()));
            tell("what waits on the console did not answer as a shell does; in the guest: "
                    + MountLine.byHand(open.errand().share()));
        }
    }

    private void finish(Errand errand, Optional<MountLine.Answer> answer) {
        errands.remove(errand);
        answer.filter(said -> errand.mounts())
                .ifPresent(said -> tell(errand.share().tag(), said));
        errand.done().complete(answer);
    }

    private void tell(String tag, MountLine.Answer answer) {
        if (!answer.yes()) {
            String help = answer.words().contains("No such device") ? "; " + noFileSystem() : "";
            tell("share %s: the guest could not mount it: %s%s".formatted(tag, answer.words(), help));
        } else if (mounted().contains(tag)) {
            mountedHere.add(tag);
            tell("share %s is mounted at /mnt/%s, by the shell on the console".formatted(tag, tag));
        } else {
            tell("share %s: the shell on the console says that it is mounted, and QEMU does not".formatted(tag));
        }
    }

    private String noFileSystem() {
        return support()
                .flatMap(ShareSupport::wayToModules)
                .orElse("its kernel has no 9p file system, or its root not the modules for it");
    }

    private Optional<ShareSupport> support() {
        return target.image().flatMap(image -> ShareSupport.of(image, target::findProgram));
    }

    private RootManner manner() {
        RootManner known = manner;
        if (known == null) {
            known = RootManner.of(
                    target.machine().orElseThrow().spec(),
                    support().map(ShareSupport::isModular).orElse(false));
            manner = known;
        }
        return known;
    }

    private void tell(String line) {
        bench.notices().notice("%s", line);
    }

    /** A prompt that was there at the last look, too, and nobody else types. */
    private boolean isQuietPrompt() {
        long position = bench.console().position();
        boolean quiet = position == quietAt;
        quietAt = position;
        if (!quiet || position == refusedAt || bench.console().isTypedInto()) {
            return false;
        }
        boolean waits = isAtPrompt();
        refusedAt = waits ? NOBODY : position;
        return waits;
    }

    private boolean isAtPrompt() {
        return MountLine.endsAtPrompt(tail());
    }

    private String tail() {
        return bench.console().tail(TAIL_BYTES);
    }

    /** Tags of what the guest has mounted now: QEMU's word. */
    List<String> mounted() {
        QmpValue answer = target.requireQmp("share").call("query-migrate", Map.of());
        return MountLine.mountedTags(answer.find("blocked-reasons").stream()
                .flatMap(reasons -> reasons.list().stream())
                .map(QmpValue::text)
                .toList());
    }

    @Override
    public void close() {
        closed = true;
    }
}
