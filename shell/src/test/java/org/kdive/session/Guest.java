package org.kdive.session;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;
import org.kdive.gdbrsp.Stoppoint;
import org.kdive.images.fetch.Progress;

/** A stock Debian kernel under a session, for tests: everything they do, done on the session thread. */
final class Guest implements AutoCloseable {
    static final Duration PATIENCE = Duration.ofSeconds(90);

    final Session session = Session.open();
    final List<String> notices = Collections.synchronizedList(new ArrayList<>());

    private Guest() {
        session.listen(new SessionListener() {
            @Override
            public void notice(String line) {
                notices.add(line);
            }

            @Override
            public void ended(String how) {
                notices.add("ended: " + how);
            }
        });
    }

    static Guest idle() {
        return new Guest();
    }

    static Guest boot(int cpus, String... append) {
        return boot(BootRequest.of("debian").withAppend(Arrays.asList(append)).withCpus(cpus));
    }

    static Guest boot(BootRequest request) {
        Guest guest = new Guest();
        try {
            guest.on(() -> guest.session.boot(request.plan(Progress.silent())));
            return guest;
        } catch (RuntimeException e) {
            guest.close();
            throw e;
        }
    }

    <T> T on(Supplier<T> work) {
        return session.call(work);
    }

    Breakpoint breakAt(String location) {
        return on(() -> session.place(BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, location)));
    }

    Breakpoint breakAt(String location, String condition) {
        return on(() -> session.place(
                BreakpointSpec.at(Stoppoint.Kind.SOFTWARE, location).withCondition(condition)));
    }

    Stop resume() {
        return run(session::resume);
    }

    Stop run(Supplier<Running> what) {
        return on(() -> what.get().await(PATIENCE)).orElseThrow(() -> new AssertionError("the guest did not stop"));
    }

    Stop bootedTo(String location) {
        Breakpoint there = breakAt(location);
        Stop stop = resume();
        on(() -> {
            session.breakpoints().delete(there.number());
            return true;
        });
        return stop;
    }

    /** To a breakpoint, or to wherever the moment brings it. */
    Stop runFor(Duration moment) {
        return on(() -> {
                    Running running = session.resume();
                    if (running.await(moment).isEmpty()) {
                        session.interrupt();
                    }
                    return running.await(PATIENCE);
                })
                .orElseThrow(() -> new AssertionError("the guest did not stop"));
    }

    String where(Stop stop) {
        return on(() -> stop.program().orElseThrow().describe(stop.pc()));
    }

    long evaluate(String expression) {
        return on(() -> session.evaluate(expression)).bits();
    }

    /** For those who are on the session thread already. */
    long evaluateHere(String expression) {
        return session.evaluate(expression).bits();
    }

    @Override
    public void close() {
        session.close();
    }
}
