package org.kdive.images.linux;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a kernel wrote of its own accident: an oops, a BUG, a panic. Read from the text, which is the same in the log's ring
 * and on the console: arch/x86/kernel/dumpstack.c, arch/arm64/kernel/traps.c, lib/dump_stack.c, kernel/panic.c, 4.x to 6.x.
 *
 * @param headline the line it begins with, without "Kernel panic - not syncing: "
 * @param panic whether the kernel gave up because of it
 * @param address the address that was accessed, of an access that failed
 * @param place where the processor was, {@code sysrq_handle_crash+0x16/0x20}; "" if it was not said
 * @param task {@code sh}, its process, and its CPU
 * @param taint the letters of what was not as it should be before, {@code GW}; "" for a kernel that was not tainted
 * @param calls from the innermost on, without the guesses that the kernel marks with {@code ?}
 */
public record Oops(
        String headline,
        boolean panic,
        OptionalLong address,
        String place,
        Optional<Victim> task,
        String taint,
        List<String> calls) {

    /** Who ran. */
    public record Victim(String name, int pid, int cpu) {}

    private static final String WATCHDOG = "watchdog: ";
    private static final String PANIC = "Kernel panic - not syncing: ";
    // each begins an accident; the first of them names it
    private static final Pattern HEADLINE = Pattern.compile(
            "^(?:BUG: .*|Unable to handle kernel .*|kernel BUG at .*|general protection fault.*|Internal error: .*"
                    + "|invalid opcode: .*|divide error: .*|int3: .*|stack segment: .*|Oops: .*|Oops - .*"
                    + "|Unhandled fault.*|double fault: .*|watchdog: BUG: .*|" + PANIC + ".*)");
    // these follow the first line of the same accident
    private static final Pattern CONTINUES = Pattern.compile("^(?:Internal error: |Oops: |invalid opcode: |Oops - ).*");
    private static final Pattern VICTIM = Pattern.compile(
            "^CPU: (\\d+) (?:UID: \\d+ )?PID: (\\d+) Comm: (.*?) (?:Not tainted|Tainted: (\\[?[A-Z][A-Z ]*)).*");
    // not user space's, which panic shows last
    private static final Pattern PLACE =
            Pattern.compile("^(?:RIP: (?!00[23]3:)[0-9a-f]{4}:|pc : |PC is at |epc : )(\\S.*)");
    private static final Pattern ADDRESS = Pattern.compile("address:? (?:0x)?([0-9a-f]{8,16})\\b");
    private static final Pattern CALLS = Pattern.compile("^Call [Tt]race:.*");
    private static final Pattern CALL =
            Pattern.compile("^ ([A-Za-z_][\\w.]*\\+0x[0-9a-f]+/0x[0-9a-f]+(?: \\[\\S+])?)\\s*.*");
    private static final Pattern BETWEEN_CALLS = Pattern.compile("^ (?:\\?|<|\\[).*|^ .*\\+0x.*|^RIP: .*|^ *$");
    private static final int SAME_ACCIDENT_LINES = 24; // arm64 decodes the abort between its two headlines
    private static final int MOST_CALLS = 64;

    public Oops {
        calls = List.copyOf(calls);
    }

    /** The last accident that the kernel's log tells of; empty if it tells of none. */
    public static Optional<Oops> last(Printk log) {
        return last(log.records().stream()
                .flatMap(one -> one.text().lines())
                .map(line -> line.replaceAll("\\p{Cntrl}", "?")) // a task's name is what user space likes
                .toList());
    }

    /** The last accident that the lines tell of; empty if they tell of none. */
    public static Optional<Oops> last(List<String> lines) {
        int begin = lastHeadline(lines, lines.size(), lines.size());
        if (begin < 0) {
            return Optional.empty();
        }
        if (CONTINUES.matcher(lines.get(begin)).matches()) {
            int first = lastHeadline(lines, begin, SAME_ACCIDENT_LINES);
            boolean isSame = first >= 0 && !lines.get(first).startsWith(WATCHDOG); // that one is whole by itself
            begin = isSame ? first : begin;
        }
        return Optional.of(from(lines, begin));
    }

    /** Above {@code end}, at most so far; -1 for none. */
    private static int lastHeadline(List<String> lines, int end, int most) {
        for (int i = end - 1; i >= Math.max(0, end - most); i--) {
            if (HEADLINE.matcher(lines.get(i)).matches()) {
                return i;
            }
        }
        return -1;
    }

    private static Oops from(List<String> lines, int begin) {
        Optional<Oops> cause = lines.get(begin).startsWith(PANIC)
                ? last(lines.subList(0, begin)).filter(before -> isCauseOf(before, lines.get(begin)))
                : Optional.empty();
        return new Reader(lines.subList(begin, lines.size())).read().because(cause);
    }

    // panic_on_oops, an oops in an interrupt, in init: the kernel panics at the end of its own oops
    private static boolean isCauseOf(Oops before, String panic) {
        return !before.panic()
                && (panic.contains("Fatal exception")
                        || panic.contains("Attempted to kill")
                        || panic.contains("Oops")
                        || panic.contains("softlockup"));
    }

    private Oops because(Optional<Oops> cause) {
        return cause.map(first -> new Oops(
                        first.headline(),
                        true,
                        first.address(),
                        first.place(),
                        first.task(),
                        first.taint(),
                        first.calls()))
                .orElse(this);
    }

    /** The lines of one accident, its headline first. */
    private static final class Reader {
        private final List<String> lines;
        private OptionalLong address = OptionalLong.empty();
        private String place = "";
        private Optional<Victim> task = Optional.empty();
        private String taint = "";
        private final List<String> calls = new ArrayList<>();
        private boolean inCalls;
        private boolean callsRead;

        Reader(List<String> lines) {
            this.lines = lines;
        }

        Oops read() {
            String first = lines.get(0);
            boolean panic = first.startsWith(PANIC);
            address = number(first);
            lines.subList(1, lines.size()).forEach(this::line);
            return new Oops(panic ? first.substring(PANIC.length()) : first, panic, address, place, task, taint, calls);
        }

        private void line(String line) {
            Matcher victim = VICTIM.matcher(line);
            Matcher where = PLACE.matcher(line);
            if (victim.matches() && task.isEmpty()) {
                task = Optional.of(new Victim(victim.group(3), decimal(victim.group(2)), decimal(victim.group(1))));
                taint = victim.group(4) == null ? "" : victim.group(4).replaceAll("[^A-Z]", "");
            } else if (where.matches() && place.isEmpty()) {
                place = where.group(1).strip();
            } else if (CALLS.matcher(line).matches()) {
                inCalls = !callsRead;
            } else if (inCalls) {
                call(line);
            }
        }

        private void call(String line) {
            Matcher call = CALL.matcher(line);
            if (call.matches() && calls.size() < MOST_CALLS) {
                calls.add(call.group(1));
            } else if (!BETWEEN_CALLS.matcher(line).matches()) {
                inCalls = false;
                callsRead = true;
            }
        }

        private static OptionalLong number(String line) {
            Matcher matcher = ADDRESS.matcher(line);
            return matcher.find()
                    ? OptionalLong.of(Long.parseUnsignedLong(matcher.group(1), 16))
                    : OptionalLong.empty();
        }

        // as many digits as an int may have, so that a log that is garbage is no accident of ours
        private static int decimal(String digits) {
            return digits.length() > 9 ? -1 : Integer.parseInt(digits);
        }
    }
}
