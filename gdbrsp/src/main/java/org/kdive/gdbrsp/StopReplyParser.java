package org.kdive.gdbrsp;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.kdive.gdbrsp.wire.Hex;
import org.kdive.gdbrsp.wire.RspPacket;

/** Reads stop reply packets. GDB manual, "Stop Reply Packets". */
final class StopReplyParser {
    // T AA n1:r1;n2:r2;...     S AA     W AA [;process:pid]     X AA [;process:pid]
    private static final int MOST_PAIRS = 4096;

    private @Nullable ThreadId thread; // null until the reply names one
    private StopReply.Reason reason = new StopReply.Reason.None();
    private final Map<Integer, byte[]> registers = new HashMap<>();
    private final Map<String, String> others = new HashMap<>();

    private StopReplyParser() {}

    /** Throws a Protocol failure for what is no stop reply. */
    static StopReply parse(RspPacket packet) {
        String text = packet.text();
        if (!packet.looksLikeStop()) {
            throw malformed(text, null);
        }
        try {
            int number = (int) Hex.number(text.substring(1, 3));
            return switch (text.charAt(0)) {
                case 'W' -> new StopReply.Exited(number);
                case 'X' -> new StopReply.Killed(number);
                case 'S' -> new StopReply.Signal(number, null, new StopReply.Reason.None(), Map.of(), Map.of());
                default -> new StopReplyParser().signal(number, text.substring(3));
            };
        } catch (IllegalArgumentException e) {
            throw malformed(text, e);
        }
    }

    private StopReply signal(int number, String pairs) {
        int count = 0;
        for (String pair : pairs.split(";", -1)) {
            if (++count > MOST_PAIRS) {
                throw new IllegalArgumentException("more than " + MOST_PAIRS + " pairs");
            }
            int colon = pair.indexOf(':');
            if (colon > 0) {
                take(pair.substring(0, colon), pair.substring(colon + 1));
            }
        }
        return new StopReply.Signal(number, thread, reason, registers, others);
    }

    private void take(String name, String value) {
        switch (name) {
            case "thread" -> thread = ThreadId.parse(value);
            case "watch" -> reason = watchpoint(Stoppoint.Kind.WRITE, value);
            case "rwatch" -> reason = watchpoint(Stoppoint.Kind.READ, value);
            case "awatch" -> reason = watchpoint(Stoppoint.Kind.ACCESS, value);
            case "swbreak" -> reason = new StopReply.Reason.SoftwareBreakpoint();
            case "hwbreak" -> reason = new StopReply.Reason.HardwareBreakpoint();
            case "replaylog" -> reason = new StopReply.Reason.ReplayLogEnd(value.equals("begin"));
            case "library" -> reason = new StopReply.Reason.Libraries();
            case "fork", "vfork", "vforkdone", "exec", "clone" ->
                reason = new StopReply.Reason.ProcessEvent(name, value);
            default -> register(name, value);
        }
    }

    private void register(String name, String value) {
        if (isHex(name) && name.length() <= 4 && value.length() % 2 == 0 && isHex(value)) {
            registers.put((int) Hex.number(name), Hex.bytes(value));
        } else {
            others.put(name, value);
        }
    }

    private static StopReply.Reason watchpoint(Stoppoint.Kind kind, String address) {
        return new StopReply.Reason.Watchpoint(kind, Hex.number(address));
    }

    private static boolean isHex(String text) {
        return !text.isEmpty()
                && text.toLowerCase(Locale.ROOT).chars().allMatch(c -> Character.digit(c, 16) >= 0 && c < 128);
    }

    private static RspException malformed(String text, @Nullable Throwable cause) {
        return new RspException("read a stop reply", new RspFailure.Protocol("not a stop reply: " + text), cause);
    }
}
