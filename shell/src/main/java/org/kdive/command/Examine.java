package org.kdive.command;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.kdive.images.Program;
import org.kdive.images.arch.Instruction;
import org.kdive.session.Session;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;
import org.kdive.session.Stop;

/** {@code x}: memory in gdb's layout. What cannot be read is said where it would stand, and the rest is still shown. */
final class Examine {
    private static final int LINE_BYTES = 16;
    private static final int PAGE_BYTES = 4096;
    private static final int LONGEST_STRING = 200;
    private static final int MOST = 1 << 20;

    private char format = 'x';
    private int unitBytes = 4;
    private long next; // where x without an address goes on
    private long last; // what was shown last

    /**
     * Shows and returns the address behind what was shown.
     *
     * @param between called before each line, and may throw to end the whole
     */
    long show(Stop stop, String slash, Optional<Long> address, Output output, Runnable between) {
        int count = parse(slash);
        long from = address.orElse(next);
        long at = count < 0 ? before(stop, from, -count) : from;
        Gaps gaps = new Gaps(output, between);
        long end = switch (format) {
            case 'i' -> instructions(stop, at, Math.abs(count), gaps);
            case 's' -> strings(stop, at, Math.abs(count), gaps);
            default -> numbers(stop, at, Math.abs(count), gaps);
        };
        next = count < 0 ? at : end;
        gaps.requireSomethingShown();
        return next;
    }

    /** Where the last thing shown stands, and what is there: gdb's {@code $_} and {@code $__}. */
    void remember(Session session) {
        session.evaluate("$_ = (%s *)0x%x".formatted(pointee(), last));
        if (format != 'i' && format != 's') {
            try {
                session.evaluate("$__ = *$_");
            } catch (SessionException e) {
                session.evaluate("$__ = $_nothing"); // it could not be read
            }
        }
    }

    private String pointee() {
        if (format == 'i') {
            return "void";
        }
        if (format == 'f') {
            return unitBytes == 4 ? "float" : "double";
        }
        return switch (unitBytes) {
            case 1 -> format == 's' ? "char" : "signed char";
            case 2 -> "short";
            case 4 -> "int";
            default -> "long";
        };
    }

    private long before(Stop stop, long address, int count) {
        return switch (format) {
            case 'i' -> new Backwards(stop).instructions(address, count);
            case 's' -> new Backwards(stop).strings(address, count);
            default -> address - (long) count * unitBytes;
        };
    }

    // /NFU in any order of letters, the count first: 4i, 8gx, s; -4i is what lies before
    private int parse(String typed) {
        boolean isBack = typed.startsWith("-");
        String slash = isBack ? typed.substring(1) : typed;
        int end = 0;
        while (end < slash.length() && Character.isDigit(slash.charAt(end))) {
            end++;
        }
        int count = end == 0 ? 1 : Words.count(slash.substring(0, end), "x/NFU ADDRESS");
        if (count > MOST) {
            throw new SessionException(
                    "x/%d: at most %d at once".formatted(count, MOST), new SessionFailure.Usage("x/NFU ADDRESS"));
        }
        boolean unitGiven = false;
        for (char c : slash.substring(end).toCharArray()) {
            int unit = switch (c) {
                case 'b' -> 1;
                case 'h' -> 2;
                case 'w' -> 4;
                case 'g' -> 8;
                default -> 0;
            };
            if (unit != 0) {
                unitBytes = unit;
                unitGiven = true;
            } else if ("xduotaciszf".indexOf(c) >= 0) {
                format = c;
            } else {
                throw new SessionException(
                        "x/%s: \"%c\" is neither a format (x d u o t a c s i z f) nor a unit (b h w g)"
                                .formatted(typed, c),
                        new SessionFailure.Usage("x/NFU ADDRESS"));
            }
        }
        if (!unitGiven && format == 'a') {
            unitBytes = 8;
        } else if (!unitGiven && format == 'c') {
            unitBytes = 1;
        } else if (!unitGiven && format == 'f' && unitBytes < 4) {
            unitBytes = 8;
        }
        return isBack ? -count : count;
    }

    private long instructions(Stop stop, long address, int count, Gaps output) {
        long at = address;
        List<Instruction> code = stop.code(at, count);
        long pc = stop.frameRegisters().pc();
        for (Instruction instruction : code) {
            String mark = instruction.address() == pc ? "=> " : "   ";
            output.line("%s", mark + StopView.instruction(stop, instruction, output.output()));
            last = at;
            at = instruction.next();
        }
        if (code.size() < count) {
            output.unreadable(at);
        }
        return at;
    }

    private long numbers(Stop stop, long address, int count, Gaps output) {
        int perLine = Math.min(8, LINE_BYTES / unitBytes);
        long at = address;
        int left = count;
        while (left > 0) {
            int wanted = Math.min(left, perLine);
            byte[] bytes = stop.memory().readPrefix(at, wanted * unitBytes);
            int whole = bytes.length / unitBytes;
            if (whole > 0) {
                output.line("%s", head(stop, at, output.output()) + row(stop, bytes, whole));
            }
            at += (long) whole * unitBytes;
            last = whole > 0 ? at - unitBytes : last;
            left -= whole;
            if (whole < wanted) {
                output.unreadable(at);
                long behind = (at | (PAGE_BYTES - 1)) + 1;
                long skipped = Math.max(1, (behind - at + unitBytes - 1) / unitBytes);
                left = (int) Math.max(0, left - skipped);
                at += skipped * unitBytes;
            }
        }
        return at;
    }

    private String row(Stop stop, byte[] bytes, int count) {
        StringBuilder row = new StringBuilder();
        for (int i = 0; i < count; i++) {
            BigInteger value = Registers.unsigned(stop, Arrays.copyOfRange(bytes, i * unitBytes, (i + 1) * unitBytes));
            row.append('\t').append(number(stop, value));
        }
        return row.toString();
    }

    private String number(Stop stop, BigInteger value) {
        if (format == 'a') {
            return stop.describe(value.longValue());
        }
        return format == 'x' ? "0x" + Numbers.padded(value, unitBytes) : Numbers.format(format, value, unitBytes);
    }

    private long strings(Stop stop, long address, int count, Gaps output) {
        long at = address;
        for (int i = 0; i < count; i++) {
            byte[] bytes = stop.memory().readPrefix(at, LONGEST_STRING + 1);
            if (bytes.length == 0) {
                output.unreadable(at);
                return at;
            }
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            last = at;
            boolean whole = end < bytes.length;
            int shown = Math.min(end, LONGEST_STRING);
            String text = Strings.quoted(Arrays.copyOf(bytes, shown)) + (whole ? "" : "...");
            output.line("%s\t%s", head(stop, at, output.output()), text);
            at += whole ? end + 1 : shown;
        }
        return at;
    }

    private static String head(Stop stop, long address, Output output) {
        String symbol = stop.program()
                .flatMap(program -> program.symbolAt(address).map(s -> symbolText(program, address)))
                .orElse("");
        return output.styled(Output.Style.ADDRESS, "0x%x".formatted(address))
                + output.styled(Output.Style.SYMBOL, symbol) + ":";
    }

    private static String symbolText(Program program, long address) {
        return " <" + program.describe(address) + ">";
    }

    /** {@code hexdump}: sixteen bytes a line, and what they are as text. */
    static void hexdump(Stop stop, long address, int length, Output to, Runnable between) {
        Gaps output = new Gaps(to, between);
        long at = address;
        long end = address + length;
        while (at != end) {
            int wanted = (int) Math.min(LINE_BYTES, end - at);
            byte[] bytes = stop.memory().readPrefix(at, wanted);
            if (bytes.length > 0) {
                output.line("%s  %s", to.styled(Output.Style.ADDRESS, "%016x".formatted(at)), hexLine(bytes));
            }
            at += bytes.length;
            if (bytes.length < wanted) {
                output.unreadable(at);
                at = Math.min((at | (PAGE_BYTES - 1)) + 1, end);
            }
        }
        output.requireSomethingShown();
    }

    private static String hexLine(byte[] bytes) {
        StringBuilder hex = new StringBuilder();
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < LINE_BYTES; i++) {
            hex.append(i < bytes.length ? "%02x ".formatted(bytes[i]) : "   ");
            hex.append(i == LINE_BYTES / 2 - 1 ? " " : "");
            if (i < bytes.length) {
                text.append(Strings.printable(bytes[i]));
            }
        }
        return hex + " |" + text + "|";
    }
}
