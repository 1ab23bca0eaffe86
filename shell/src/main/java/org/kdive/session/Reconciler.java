package org.kdive.session;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.StopReply;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.machine.Machine;
import org.kdive.machine.TripleFault;
import org.kdive.qmp.QmpEvent;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpValue;

/**
 * Holds what QMP says of the run state against what RSP said. Each of our own resumes brings one RESUME and one STOP event,
 * later than the stub's word or earlier; whatever is left over was somebody else. Session thread.
 */
final class Reconciler {
    private static final Duration ANSWER = Duration.ofSeconds(5);
    private static final Duration LAST_WORD = Duration.ofMillis(500); // of a QMP whose QEMU is gone

    private final RunControl control;
    private final Target target;
    private final SlideSearch slide;
    private final Notices notices;
    private final StopCheck check;
    private @Nullable Cause shutDown; // null unless the guest has ended itself
    private @Nullable Cause lastWord; // why the guest is about to stop, when an event says so before the stub does

    Reconciler(RunControl control, Target target, SlideSearch slide, Notices notices) {
        this.control = control;
        this.target = target;
        this.slide = slide;
        this.notices = notices;
        this.check = new StopCheck(control, target, slide, notices);
    }

    /** The last event that explains a stop, or null; asked once per stop. */
    @Nullable
    Cause lastWord() {
        Cause word = lastWord;
        lastWord = null;
        return word;
    }

    /** How the machine ended: what the guest did first, if that was it. Nothing that waits is handled any more. */
    String ending(String how, Happenings waiting) {
        hearOut(waiting);
        return shutDown == null ? how : shutDown.describe() + ": " + how;
    }

    // the stub's connection may break before QMP's last word is heard, and that says why
    private void hearOut(Happenings waiting) {
        try {
            target.qmp().ifPresent(client -> Waits.on(client.closed(), LAST_WORD, "wait for QMP's end"));
        } catch (SessionException e) {
            // it lives, and has nothing to do with the end
        }
        waiting.rest().stream()
                .filter(Happening.Qmp.class::isInstance)
                .map(happening -> ((Happening.Qmp) happening).event())
                .filter(event -> event.name().equals("SHUTDOWN"))
                .forEach(this::onEvent);
    }

    /** The guest has stopped; nobody has asked why yet. */
    void onStop() {
        check.lookForRestoreAtStop();
    }

    void onEvent(QmpEvent event) {
        switch (event.name()) {
            case "RESUME" -> onResume();
            case "RESET" -> onReset(event.data());
            case "SHUTDOWN" -> {
                shutDown = new Cause.ShutDown(text(event, "reason"));
                explain(shutDown);
            }
            case "GUEST_PANICKED" -> explain(new Cause.Panicked("", Optional.empty()));
            case "JOB_STATUS_CHANGE" -> onJob(text(event, "status"));
            case "WATCHDOG" -> onWatchdog(text(event, "action"));
            default -> {
                // the others do not touch the run state
            }
        }
    }

    private static String text(QmpEvent event, String member) {
        return event.data().find(member).map(QmpValue::text).orElse("?");
    }

    // one that comes later than the stub's word would explain the next stop, which is another
    private void explain(Cause cause) {
        if (control.state() instanceof Running) {
            lastWord = cause;
        }
    }

    /** Something hangs; it stops where it is. */
    void hung(Cause.Hung hang) {
        if (control.state() instanceof Running) {
            explain(hang);
            control.stopQuietly();
        }
    }

    private void onWatchdog(String action) {
        if (action.equals("pause")) {
            explain(new Cause.WatchdogExpired());
        } else {
            notices.notice("the guest's watchdog expired (%s)", action);
        }
    }

    // snapshot-load of another monitor; QMP tells of no other
    private void onJob(String status) {
        if (status.equals("concluded")) {
            check.lookForRestore();
        }
    }

    private void onResume() {
        if (!(control.state() instanceof Stop)) {
            check.lookForRestore(); // ours are no news: somebody saved or loaded a snapshot
            return;
        }
        if (isRunning()) {
            notices.notice("the guest was resumed from outside (QMP cont)");
            control.resumedElsewhere();
        } else {
            check.ranMeanwhile();
        }
    }

    private void onReset(QmpValue data) {
        String reason = data.find("reason").map(QmpValue::text).orElse("?");
        target.machine().ifPresent(Machine::markRestarts);
        Optional<TripleFault> fault = target.machine().flatMap(Machine::tripleFault);
        fault.ifPresent(seen -> lastWord = faulted(seen));
        boolean byHost = data.find("guest").filter(guest -> !guest.flag()).isPresent();
        boolean underUs = byHost && control.state() instanceof Stop;
        if (!slide.isSettled() && fault.isEmpty() && !underUs) {
            return; // the firmware's own reset on the way up: nothing is known yet that could be wrong
        }
        notices.notice("the guest was reset (%s)", reason);
        slide.doubt();
        target.invalidate();
        if (control.state() instanceof Stop) {
            control.stoppedBy(new Cause.Start(), target.firstThread());
        } else {
            control.stopQuietly();
        }
    }

    private Cause faulted(TripleFault fault) {
        return new Cause.TripleFaulted("%s on CPU %d, sp 0x%x, last fault address 0x%x"
                .formatted(target.describe(fault.pc()), fault.cpu(), fault.sp(), fault.faultAddress()));
    }

    /** The stub owes a stop reply, or it does not: QEMU since 8.1 says nothing of a stop it was not asked for. */
    void stubIsSilent() {
        try {
            if (!isRunning()) {
                control.stoppedSilently();
            }
        } catch (QmpException e) {
            if (Lateness.is(e)) {
                control.attention().expectReport();
            } else {
                control.end("QEMU does not answer: " + e.getMessage());
            }
        }
    }

    /** What the stub would have said. A breakpoint in a run begun elsewhere is told to nobody, or before we listen for it. */
    StopReply silentStop(Planting planting) {
        target.invalidate();
        if (target.runState().filter("debug"::equals).isEmpty()) {
            return new StopReply.NotReported();
        }
        ThreadId stopped = target.threads().stream()
                .filter(one -> planting.isAt(target.registers(one).pc()))
                .findFirst()
                .orElseGet(target::firstThread);
        return new StopReply.Signal(Replies.SIGTRAP, stopped, new StopReply.Reason.None(), Map.of(), Map.of());
    }

    private boolean isRunning() {
        return target.qmp()
                .map(qmp -> Waits.on(qmp.execute("query-status", Map.of(), ANSWER), "query-status")
                        .flag("running"))
                .orElse(true);
    }
}
