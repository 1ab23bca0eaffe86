package org.kdive.command;

import java.util.ArrayList;
import java.util.List;

/** All verbs that speak to a session, and what they share; the {@link Interpreter} adds those about the language itself. */
public final class Verbs {
    private final Settings settings;
    private final PrintSettings printing = new PrintSettings();
    private final Displays displays = new Displays(printing);
    private final StopView stops;
    private final Options options;

    /** @param settings what {@code set} changes of the language, shared with whoever waits for the guest */
    public Verbs(Settings settings) {
        this.settings = settings;
        this.options = new Options(settings, printing);
        this.stops = new StopView(displays, new ContextView(printing, settings));
    }

    /** How a stop is shown that no command waited for. */
    public StopView stops() {
        return stops;
    }

    /** What {@code set} sets. */
    public Options options() {
        return options;
    }

    public List<Command> all() {
        List<Command> all = new ArrayList<>();
        all.addAll(BootVerbs.all(stops));
        all.addAll(RunVerbs.all(settings, printing, stops));
        all.addAll(new ReverseVerbs(printing, stops).all());
        all.addAll(RecordVerbs.all(stops));
        all.addAll(PlaceVerbs.all(settings, stops));
        all.addAll(BreakpointVerbs.all(displays));
        all.addAll(DataVerbs.all());
        all.addAll(PrintVerbs.all(printing));
        all.addAll(displays.commands());
        all.addAll(MemoryVerbs.all());
        all.addAll(SetVerbs.all(options));
        all.addAll(StackVerbs.all());
        all.addAll(KernelVerbs.all());
        all.addAll(MachineVerbs.all(stops));
        all.addAll(QmpVerbs.all());
        all.addAll(DeviceVerbs.all());
        all.addAll(ButtonVerbs.all());
        all.add(ScreenVerbs.screendump());
        all.add(ConsoleVerbs.sysrq());
        all.addAll(new CheckpointVerbs(displays, stops).commands());
        all.addAll(ExpectVerbs.all(settings));
        all.add(ShowVerbs.show(options, printing));
        all.add(InfoVerbs.info(displays, printing));
        return List.copyOf(all);
    }
}
