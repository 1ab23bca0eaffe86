package org.kdive.command;

import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;
import org.kdive.machine.MachineException;
import org.kdive.machine.MachineFailure;
import org.kdive.qmp.QmpException;
import org.kdive.qmp.QmpFailure;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** The exit status for a failure. What is neither a death, nor a deadline, nor an interruption is something unusable. */
public final class FailureStatus {
    private FailureStatus() {}

    public static int of(Throwable e) {
        if (e instanceof SessionException known) {
            return of(known.failure());
        }
        if (e instanceof MachineException known) {
            return of(known.failure());
        }
        if (e instanceof QmpException known) {
            return of(known.failure());
        }
        if (e instanceof RspException known) {
            return of(known.failure());
        }
        boolean interrupted = e instanceof InterruptedException || e.getCause() instanceof InterruptedException;
        return interrupted ? ExitStatus.INTERRUPTED : ExitStatus.UNUSABLE;
    }

    public static int of(SessionFailure failure) {
        if (failure instanceof SessionFailure.Unexpected) {
            return ExitStatus.FAILED;
        }
        if (failure instanceof SessionFailure.TargetGone) {
            return ExitStatus.DIED;
        }
        if (failure instanceof SessionFailure.TimedOut) {
            return ExitStatus.TIMED_OUT;
        }
        return failure instanceof SessionFailure.Interrupted ? ExitStatus.INTERRUPTED : ExitStatus.UNUSABLE;
    }

    private static int of(MachineFailure failure) {
        if (failure instanceof MachineFailure.Gone
                || failure instanceof MachineFailure.QemuRefused
                || failure instanceof MachineFailure.ConsoleClosed) {
            return ExitStatus.DIED;
        }
        if (failure instanceof MachineFailure.NotReady || failure instanceof MachineFailure.ConsoleTimedOut) {
            return ExitStatus.TIMED_OUT;
        }
        return failure instanceof MachineFailure.Interrupted ? ExitStatus.INTERRUPTED : ExitStatus.UNUSABLE;
    }

    private static int of(QmpFailure failure) {
        if (failure instanceof QmpFailure.Disconnected) {
            return ExitStatus.DIED;
        }
        if (failure instanceof QmpFailure.TimedOut) {
            return ExitStatus.TIMED_OUT;
        }
        return failure instanceof QmpFailure.Interrupted ? ExitStatus.INTERRUPTED : ExitStatus.UNUSABLE;
    }

    private static int of(RspFailure failure) {
        if (failure instanceof RspFailure.Disconnected) {
            return ExitStatus.DIED;
        }
        return failure instanceof RspFailure.TimedOut ? ExitStatus.TIMED_OUT : ExitStatus.UNUSABLE;
    }
}
