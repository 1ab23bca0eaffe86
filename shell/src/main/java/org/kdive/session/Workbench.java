package org.kdive.session;

/** What a session keeps from one target to the next. */
record Workbench(
        Breakpoints breakpoints,
        Convenience convenience,
        SessionThread thread,
        Notices notices,
        Scheduling scheduling,
        Vigil vigil,
        ConsoleDesk console) {}
