package org.kdive.gdbrsp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;

/**
 * QEMU's receive state machine, as seen on 7.2 and 8.1 (gdb_read_byte), with one vCPU, 64 KiB of memory that holds its
 * own address, and every second 4 KiB page missing. It notes what would have harmed a real QEMU.
 */
final class QemuModel implements ManualTransport.Peer {
    private static final int PACKET = 4096;

    private final boolean tellsStopsUnasked; // before 8.1
    private final Random random;
    private final StringBuilder packet = new StringBuilder();
    private final StringBuilder out = new StringBuilder();
    private final Deque<String> inserted = new ArrayDeque<>();
    private int left = -1; // characters of the checksum still to come; -1 outside, 9 inside a packet
    private boolean unacknowledged;
    private boolean running;
    private boolean stopOwed;
    private boolean detached;
    private String harm = "";

    QemuModel(boolean tellsStopsUnasked, Random random) {
        this.tellsStopsUnasked = tellsStopsUnasked;
        this.random = random;
    }

    /** Empty while all is well. */
    String harm() {
        return harm;
    }

    boolean isRunning() {
        return running;
    }

    int stoppoints() {
        return inserted.size();
    }

    @Override
    public void hear(byte[] bytes, ManualTransport back) {
        for (byte c : bytes) {
            hear((char) (c & 0xff));
        }
        say(back);
    }

    private void say(ManualTransport back) {
        if (out.length() > 0) {
            back.arrive(out.toString().getBytes(ISO_8859_1));
            out.setLength(0);
        }
    }

    private void hear(char c) {
        if (detached) {
            harm = "a byte after D";
        }
        if (unacknowledged) {
            if (c == '+') {
                unacknowledged = false;
                return;
            }
            if (c != '$') {
                // at a guest that has just stopped by itself 0x03 may come too late, and is swallowed
                harm = running || c != 3 ? "swallowed while an answer is not acknowledged: " + (int) c : harm;
                return;
            }
            unacknowledged = false;
        }
        if (running) {
            if (c != 3) {
                harm = "halted by a stray " + c;
            }
            stopOwed = true;
            stop("T02thread:p01.01;");
        } else if (left < 0) {
            if (c == '$') {
                packet.setLength(0);
                left = 9;
            }
        } else if (left == 9) {
            if (c == '#') {
                left = 2;
            } else if (packet.append(c).length() >= PACKET) {
                harm = "a packet too long";
            }
        } else if (--left == 0) {
            left = -1;
            out.append('+');
            handle(packet.toString());
        }
    }

    /** The guest stops: a breakpoint, or somebody over QMP. */
    void stopByItself(ManualTransport back, String reply) {
        if (running) {
            stop(reply);
            say(back);
        }
    }

    private void stop(String reply) {
        running = false;
        if (stopOwed || tellsStopsUnasked) {
            answer(reply);
        }
        stopOwed = false;
    }

    void resumeOverQmp() {
        running = true;
    }

    private void answer(String text) {
        int sum = text.chars().sum() & 0xff;
        out.append("$%s#%02x".formatted(text, sum));
        unacknowledged = true;
    }

    private void handle(String it) {
        if (it.startsWith("qSupported")) {
            answer("PacketSize=1000;vContSupported+;multiprocess+");
        } else if (it.equals("vCont?")) {
            answer("vCont;c;C;s;S");
        } else if (it.equals("qqemu.Supported")) {
            answer("sstepbits;sstep;PhyMemMode");
        } else if (it.equals("qC")) {
            answer("QCp01.01");
        } else if (it.equals("bs") || it.equals("bc")) {
            harm = "aborted by " + it;
        } else if (it.equals("?")) {
            inserted.clear();
            answer("T05thread:p01.01;");
        } else if (it.startsWith("vCont;")) {
            running = true;
            stopOwed = true;
            if (it.startsWith("vCont;s") || random.nextInt(3) == 0) {
                stop("T05thread:p01.01;");
            }
        } else if (it.startsWith("D")) {
            answer("OK");
            detached = true;
        } else if (it.startsWith("m")) {
            answer(memory(it.substring(1).split(",", -1)));
        } else if (it.startsWith("Z")) {
            inserted.add(it.substring(1));
            answer("OK");
        } else if (it.startsWith("z")) {
            answer(inserted.remove(it.substring(1)) ? "OK" : "E22");
        } else {
            answer(it.startsWith("Hg") || it.startsWith("Qqemu") ? "OK" : "");
        }
    }

    private static String memory(String[] range) {
        int address = Integer.parseInt(range[0], 16);
        int length = Integer.parseInt(range[1], 16);
        StringBuilder hex = new StringBuilder();
        for (int at = address; at < address + length; at++) {
            if ((at >> 12 & 1) == 1 || at >= 0x10000) {
                return "E14";
            }
            hex.append("%02x".formatted(at * 31 >> 3 & 0xff));
        }
        return hex.toString();
    }
}
