package org.kdive.gdbrsp;

/** How the target goes on. A closed set; the packet for each is chosen by what the stub offers. */
public sealed interface Resume {
    static Resume continueAll() {
        return new ContinueAll();
    }

    /** One thread runs, all others stay stopped; only where {@link StubFeatures#vContActions} has {@code c}. */
    static Resume continueOne(ThreadId thread) {
        return new ContinueOne(thread);
    }

    /** One instruction of one thread; all others stay stopped. */
    static Resume step(ThreadId thread) {
        return new Step(thread);
    }

    /** One instruction of one thread while all others run: what steps over a breakpoint without a dead lock. */
    static Resume stepWhileOthersRun(ThreadId thread) {
        return new StepWhileOthersRun(thread);
    }

    /**
     * One instruction of one thread, all others stopped; then all continue, at once and with no turn of the caller. What
     * gets off a breakpoint. The stop is that of the continuing, unless the step itself ends in something else than a
     * plain trap, or an interrupt was asked for meanwhile: then it is the step's.
     */
    static Resume stepThenContinue(ThreadId thread) {
        return new StepThenContinue(thread, continueAll());
    }

    /** The same, but only this thread continues. */
    static Resume stepThenContinueOne(ThreadId thread) {
        return new StepThenContinue(thread, continueOne(thread));
    }

    /** One instruction back; only where {@link StubFeatures#reverseStep}. */
    static Resume reverseStep() {
        return new ReverseStep();
    }

    /** Back to the last stoppoint; only where {@link StubFeatures#reverseContinue}. */
    static Resume reverseContinue() {
        return new ReverseContinue();
    }

    record ContinueAll() implements Resume {}

    record ContinueOne(ThreadId thread) implements Resume {}

    record Step(ThreadId thread) implements Resume {}

    record StepWhileOthersRun(ThreadId thread) implements Resume {}

    record StepThenContinue(ThreadId thread, Resume then) implements Resume {}

    record ReverseStep() implements Resume {}

    record ReverseContinue() implements Resume {}
}
