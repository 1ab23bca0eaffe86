package org.kdive.gdbrsp.wire;

import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.RspException;
import org.kdive.gdbrsp.RspFailure;

/** Which thread the stub has selected for requests, as far as that is known. On the loop. */
final class ThreadChoice {
    private Request.@Nullable Selection current; // null when it is not known

    boolean is(String thread) {
        return current != null && current.thread.equals(thread);
    }

    Request.@Nullable Selection current() {
        return current;
    }

    /** The stub has it selected by itself. */
    void known(String thread) {
        current = new Request.Selection(thread);
    }

    void forget() {
        current = null;
    }

    /** The request that selects it. What is sent after it counts on its success, and fails as it does. */
    Request<Boolean> choose(String thread) {
        Request.Selection selection = new Request.Selection(thread);
        current = selection;
        Request<Boolean> request = Request.ok("select thread " + thread, "Hg" + thread);
        request.whenAnswered((ok, thrown) -> {
            if (thrown != null) {
                RspException e = RspException.from(thrown);
                selection.failure = e.failure() instanceof RspFailure.StubError
                        ? new RspException("select a thread", new RspFailure.NoSuchThread(thread))
                        : e;
                if (current == selection) {
                    current = null;
                }
            }
        });
        return request;
    }
}
