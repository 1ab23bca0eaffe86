package org.kdive.command;

/** The chapters of the manual, in its order. */
public enum Topic {
    RUNNING("Running the guest"),
    BREAKPOINTS("Breakpoints and watchpoints"),
    DATA("Examining data"),
    STACK("The stack"),
    MACHINE("The machine"),
    SCRIPTS("Scripts and verdicts"),
    SESSION("The session"),
    USER("Commands of your own");

    private final String title;

    Topic(String title) {
        this.title = title;
    }

    public String title() {
        return title;
    }
}
