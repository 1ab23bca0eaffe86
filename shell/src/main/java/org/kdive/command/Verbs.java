package org.kdive.command;

import java.util.ArrayList;
import java.util.List;

/** All verbs that speak to a session; the {@link Interpreter} adds those about the language itself. */
public final class Verbs {
    private Verbs() {}

    /** @param settings what {@code set} changes of the language, shared with whoever waits for the guest */
    public static List<Command> all(Settings settings) {
        List<Command> all = new ArrayList<>();
        PrintSettings printing = new PrintSettings();
        all.addAll(BootVerbs.all());
        all.addAll(RunVerbs.all(settings));
        all.addAll(BreakpointVerbs.all());
        all.addAll(DataVerbs.all());
        all.addAll(PrintVerbs.all(printing));
        all.addAll(MemoryVerbs.all());
        all.addAll(SetVerbs.all(settings, printing));
        all.addAll(StackVerbs.all());
        all.addAll(KernelVerbs.all());
        all.addAll(MachineVerbs.all());
        all.addAll(ExpectVerbs.all(settings));
        all.add(InfoVerbs.info());
        return List.copyOf(all);
    }
}
