package org.kdive.gdbrsp;

import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.kdive.gdbrsp.wire.Hex;

/**
 * What a stub said it can do.
 *
 * @param packetSizeBytes the longest packet it takes, or the default of the options when it did not say
 * @param offered {@code qSupported}'s names with {@code +}, {@code -}, {@code ?} or the value
 * @param vContActions from {@code vCont?}; empty when the stub has no {@code vCont}
 * @param qemuExtensions from {@code qqemu.Supported}; empty when it is not QEMU
 */
public record StubFeatures(
        int packetSizeBytes, Map<String, String> offered, Set<String> vContActions, Set<String> qemuExtensions) {
    private static final int LARGEST_PACKET = 1 << 20;
    private static final int SMALLEST_PACKET = 64;

    public StubFeatures {
        offered = Map.copyOf(offered);
        vContActions = Set.copyOf(vContActions);
        qemuExtensions = Set.copyOf(qemuExtensions);
    }

    static StubFeatures parse(String qSupported, int defaultPacketSize) {
        Map<String, String> offered = new HashMap<>();
        for (String item : qSupported.split(";", -1)) {
            int equals = item.indexOf('=');
            if (equals > 0) {
                offered.put(item.substring(0, equals), item.substring(equals + 1));
            } else if (item.length() > 1) {
                offered.put(item.substring(0, item.length() - 1), item.substring(item.length() - 1));
            }
        }
        return new StubFeatures(packetSize(offered, defaultPacketSize), offered, Set.of(), Set.of());
    }

    private static int packetSize(Map<String, String> offered, int defaultPacketSize) {
        String said = offered.get("PacketSize");
        if (said == null) {
            return defaultPacketSize;
        }
        try {
            long size = Hex.number(said);
            if (size < SMALLEST_PACKET) {
                throw new IllegalArgumentException("below " + SMALLEST_PACKET);
            }
            return (int) Math.min(size, LARGEST_PACKET);
        } catch (IllegalArgumentException e) {
            throw new RspException("read qSupported", new RspFailure.Protocol("PacketSize=" + said), e);
        }
    }

    /** For a stub that did not say how long a packet may be. */
    StubFeatures withPacketSizeUnlessSaid(int bytes) {
        return offered.containsKey("PacketSize")
                ? this
                : new StubFeatures(bytes, offered, vContActions, qemuExtensions);
    }

    StubFeatures withVCont(String reply) {
        // vCont;c;C;s;S
        Set<String> actions = new HashSet<>(List.of(reply.split(";", -1)));
        boolean has = actions.remove("vCont");
        return new StubFeatures(packetSizeBytes, offered, has ? actions : Set.of(), qemuExtensions);
    }

    StubFeatures withQemu(String reply) {
        Set<String> names = new HashSet<>(List.of(reply.split(";", -1)));
        names.remove("");
        return new StubFeatures(packetSizeBytes, offered, vContActions, names);
    }

    /** Whether the stub said {@code name+}. */
    public boolean has(String name) {
        return "+".equals(offered.get(name));
    }

    public boolean multiprocess() {
        return has("multiprocess");
    }

    public boolean noAckMode() {
        return has("QStartNoAckMode");
    }

    public boolean reverseStep() {
        return has("ReverseStep");
    }

    public boolean reverseContinue() {
        return has("ReverseContinue");
    }

    public boolean describesTarget() {
        return has("qXfer:features:read");
    }

    /** Whether memory can be read by physical address. */
    public boolean physicalMemory() {
        return qemuExtensions.contains("PhyMemMode");
    }

    /** Whether it offers nothing at all, as KGDB, which is at the end of a serial line: what is asked of it should be little. */
    public boolean isTerse() {
        return offered.isEmpty();
    }

    public boolean isQemu() {
        return !qemuExtensions.isEmpty();
    }
}
