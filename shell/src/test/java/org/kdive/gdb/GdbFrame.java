package org.kdive.gdb;

import java.util.ArrayList;
import java.util.List;

/**
 * A frame as gdb unwound it. Left out are those that are nowhere on the stack: inlined calls, and functions that ended in a
 * jump to the one shown, which gdb works out from DWARF's call sites.
 *
 * @param hasTables whether its function is one that the compiler made, whose DWARF tables tell its caller
 * @param end why gdb goes no further, or {@link #GOES_ON}
 */
record GdbFrame(long pc, String name, boolean hasTables, String end) {
    /** What gdb says of a frame whose caller it knows. */
    static final String GOES_ON = "no reason";

    static final String WALK = """
            def walk():
                frame = gdb.newest_frame()
                while frame is not None:
                    try:
                        if frame.type() not in (gdb.INLINE_FRAME, gdb.TAILCALL_FRAME):
                            why = gdb.frame_stop_reason_string(frame.unwind_stop_reason())
                            known = frame.function() is not None
                            gdb.write("%x %s %d %s\\n" % (frame.pc(), frame.name() or "??", known, why))
                        frame = frame.older() if frame.pc() != 0 else None
                    except gdb.error:
                        break
            """;

    /** What stands on the stack that the server shows. */
    static List<GdbFrame> all(Gdb gdb, StopServer server) {
        gdb.answer("disconnect");
        Answer connected = gdb.answer("target remote " + server.socket());
        if (connected.refused()) {
            throw new IllegalStateException(connected.text());
        }
        List<GdbFrame> frames = new ArrayList<>();
        for (String line : gdb.lines("python walk()")) {
            String[] words = line.split(" ", 4);
            frames.add(new GdbFrame(Long.parseUnsignedLong(words[0], 16), words[1], words[2].equals("1"), words[3]));
        }
        return frames;
    }

    @Override
    public String toString() {
        return "%x %s".formatted(pc, name) + (hasTables ? "" : " (assembly)") + (end.equals(GOES_ON) ? "" : ": " + end);
    }
}
