package org.kdive.session;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.kdive.gdbrsp.ThreadId;
import org.kdive.images.Architecture;
import org.kdive.images.arch.SegmentAccess;

/**
 * What an x86 processor holds that no stub tells: the hidden parts of its segment registers, its tables and its debug
 * registers, as QEMU's monitor prints them.
 *
 * @param segments by lower-case name: cs to gs, ldt, tr
 * @param tables gdt and idt
 * @param debug dr0 to dr7
 */
public record X86Descriptors(Map<String, Segment> segments, Map<String, Table> tables, Map<String, Long> debug) {
    // CS =0010 0000000000000000 ffffffff 00af9b00 DPL=0 CS64 [-RA]      selector, base, limit, access
    private static final Pattern SEGMENT =
            Pattern.compile("([CDEFGS]S|LDT|TR) *=([0-9a-f]{4}) ([0-9a-f]{8,16}) ([0-9a-f]{8}) ([0-9a-f]{8}).*");
    // GDT=     fffffe0000001000 0000007f
    private static final Pattern TABLE = Pattern.compile("([GI]DT)= +([0-9a-f]{8,16}) ([0-9a-f]{8})");
    private static final Pattern DEBUG = Pattern.compile("(DR[0-7])=([0-9a-f]{8,16})");

    /** A segment as the processor uses it, whatever its descriptor has become since. */
    public record Segment(int selector, long base, long limit, SegmentAccess access) {
        /** {@code base=0x0 limit=0xffffffff CS64 DPL=0 [ R A ]}. */
        @Override
        public String toString() {
            return "base=0x%x limit=0x%x %s".formatted(base, limit, access);
        }
    }

    /** Where a table of descriptors is; {@code limit} is the offset of its last byte. */
    public record Table(long base, long limit) {}

    public X86Descriptors {
        segments = Map.copyOf(segments);
        tables = Map.copyOf(tables);
        debug = Map.copyOf(debug);
    }

    /** Empty for other processors, and where no QEMU answers: KGDB, or an emulator of another make. */
    public static Optional<X86Descriptors> of(Stop stop) {
        Architecture architecture = stop.architecture();
        if (architecture != Architecture.X86_64 && architecture != Architecture.X86_32) {
            return Optional.empty();
        }
        Optional<X86Descriptors> read =
                stop.monitor("info registers -a").map(text -> parse(text, index(stop.threads(), stop.thread())));
        return read.filter(known -> !known.segments().isEmpty());
    }

    private static int index(List<ThreadId> threads, ThreadId thread) {
        return Math.max(0, threads.indexOf(thread));
    }

    /** Of all CPUs that the monitor lists, that one; all of it without a list. */
    static X86Descriptors parse(String text, int cpu) {
        Map<String, Segment> segments = new LinkedHashMap<>();
        Map<String, Table> tables = new LinkedHashMap<>();
        Map<String, Long> debug = new LinkedHashMap<>();
        boolean here = !text.contains("CPU#");
        for (String line : text.lines().map(String::strip).toList()) {
            if (line.startsWith("CPU#")) {
                here = line.equals("CPU#" + cpu);
            } else if (here) {
                segment(line, segments);
                table(line, tables);
                Matcher matcher = DEBUG.matcher(line);
                while (matcher.find()) {
                    debug.put(lower(matcher.group(1)), number(matcher.group(2)));
                }
            }
        }
        return new X86Descriptors(segments, tables, debug);
    }

    private static void segment(String line, Map<String, Segment> into) {
        Matcher matcher = SEGMENT.matcher(line);
        if (matcher.matches()) {
            SegmentAccess access = new SegmentAccess((int) number(matcher.group(5)));
            into.put(
                    lower(matcher.group(1)),
                    new Segment(
                            (int) number(matcher.group(2)),
                            number(matcher.group(3)),
                            number(matcher.group(4)),
                            access));
        }
    }

    private static void table(String line, Map<String, Table> into) {
        Matcher matcher = TABLE.matcher(line);
        if (matcher.matches()) {
            into.put(lower(matcher.group(1)), new Table(number(matcher.group(2)), number(matcher.group(3))));
        }
    }

    private static String lower(String name) {
        return name.toLowerCase(Locale.ROOT);
    }

    private static long number(String hex) {
        return Long.parseUnsignedLong(hex, 16);
    }
}
