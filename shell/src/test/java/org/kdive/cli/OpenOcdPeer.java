package org.kdive.cli;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;

/**
 * A stub as OpenOCD's is for a Cortex-M without an operating system: a description of 32-bit registers, no threads at all,
 * {@code s} and {@code c} without vCont, {@code S05}. As documented in OpenOCD's manual, "GDB and OpenOCD", and the packets of
 * the GDB manual. The target is 4 KiB of memory that holds nops, two bytes each, the last one a jump to the first.
 */
final class OpenOcdPeer implements AutoCloseable {
    private static final int FIRST = 0x08000000;
    private static final int MEMORY_BYTES = 0x1000;
    private static final int PC = 15;
    private static final List<String> REGISTERS = List.of(
            "r0", "r1", "r2", "r3", "r4", "r5", "r6", "r7", "r8", "r9", "r10", "r11", "r12", "sp", "lr", "pc", "xPSR");

    private final ServerSocketChannel server;
    private final int[] registers = new int[REGISTERS.size()];
    private final Set<Integer> breakpoints = new HashSet<>();
    private final List<String> heard = new CopyOnWriteArrayList<>();
    private boolean running;
    private boolean acknowledging = true;

    OpenOcdPeer() throws IOException {
        server = ServerSocketChannel.open().bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        registers[0] = 0x1234;
        registers[PC] = FIRST;
        registers[16] = 0x01000000; // xPSR.T: Thumb
        Thread thread = new Thread(this::serve, "openocd");
        thread.setDaemon(true);
        thread.start();
    }

    String endpoint() throws IOException {
        return "localhost:" + ((InetSocketAddress) server.getLocalAddress()).getPort();
    }

    List<String> heard() {
        return List.copyOf(heard);
    }

    private void serve() {
        try (SocketChannel peer = server.accept()) {
            ByteBuffer bytes = ByteBuffer.allocate(4096);
            StringBuilder pending = new StringBuilder();
            while (peer.read(bytes) >= 0) {
                pending.append(ISO_8859_1.decode(bytes.flip()));
                bytes.clear();
                hear(pending, peer);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void hear(StringBuilder pending, SocketChannel peer) throws IOException {
        while (!pending.isEmpty()) {
            if (pending.charAt(0) == 3 && running) {
                running = false;
                heard.add("^C");
                say("S02", peer);
            }
            int end = pending.indexOf("#");
            if (pending.charAt(0) != '$') {
                pending.deleteCharAt(0);
            } else if (end < 0 || pending.length() < end + 3) {
                return;
            } else {
                String packet = pending.substring(1, end);
                pending.delete(0, end + 3);
                heard.add(packet);
                if (acknowledging) {
                    peer.write(ISO_8859_1.encode("+"));
                }
                String answer = answer(packet);
                if (!running) {
                    say(answer, peer);
                }
                acknowledging &= !packet.equals("QStartNoAckMode");
            }
        }
    }

    private static void say(String answer, SocketChannel peer) throws IOException {
        peer.write(ISO_8859_1.encode("$%s#%02x".formatted(answer, answer.chars().sum() & 0xff)));
    }

    private String answer(String packet) {
        String name = packet.split("[:,]", -1)[0];
        switch (name) {
            case "qSupported":
                return "PacketSize=4000;qXfer:memory-map:read-;qXfer:features:read+;qXfer:threads:read+;QStartNoAckMode+;vContSupported+";
            case "QStartNoAckMode", "D":
                return "OK";
            case "qXfer":
                return slice(description(), packet.substring(packet.lastIndexOf(':') + 1));
            case "?":
                return "S05";
            case "qC":
                return "QC0";
            case "qfThreadInfo":
                return "l";
            case "g":
                return all();
            case "s":
                step();
                return "S05";
            case "c":
                return run();
            default:
                return access(packet);
        }
    }

    private String access(String packet) {
        String[] words = packet.substring(1).split("[,:=]", -1);
        switch (packet.charAt(0)) {
            case 'H':
                return "OK";
            case 'p':
                return little(registers[Integer.parseInt(words[0], 16)]);
            case 'P':
                registers[Integer.parseInt(words[0], 16)] =
                        Integer.reverseBytes(Integer.parseUnsignedInt(words[1], 16));
                return "OK";
            case 'm':
                return memory(Integer.parseUnsignedInt(words[0], 16), Integer.parseInt(words[1], 16));
            case 'Z':
                breakpoints.add(Integer.parseUnsignedInt(words[1], 16));
                return "OK";
            case 'z':
                breakpoints.remove(Integer.parseUnsignedInt(words[1], 16));
                return "OK";
            default:
                return "";
        }
    }

    private static String slice(String text, String range) {
        String[] words = range.split(",", -1);
        int from = Integer.parseInt(words[0], 16);
        int to = Math.min(text.length(), from + Integer.parseInt(words[1], 16));
        return (to == text.length() ? "l" : "m") + text.substring(from, to);
    }

    private static String description() {
        StringBuilder xml = new StringBuilder(
                "<?xml version=\"1.0\"?><!DOCTYPE target SYSTEM \"gdb-target.dtd\">"
                        + "<target version=\"1.0\"><architecture>arm</architecture><feature name=\"org.gnu.gdb.arm.m-profile\">");
        for (String name : REGISTERS) {
            xml.append(
                    "<reg name=\"%s\" bitsize=\"32\" regnum=\"%d\" save-restore=\"yes\" type=\"int\" group=\"general\"/>"
                            .formatted(name, REGISTERS.indexOf(name)));
        }
        return xml.append("</feature></target>").toString();
    }

    private String all() {
        StringBuilder hex = new StringBuilder();
        for (int value : registers) {
            hex.append(little(value));
        }
        return hex.toString();
    }

    private static String little(int value) {
        return "%08x".formatted(Integer.reverseBytes(value));
    }

    private static String memory(int address, int length) {
        if (address < FIRST || address + length > FIRST + MEMORY_BYTES) {
            return "E01";
        }
        StringBuilder hex = new StringBuilder();
        for (int at = address; at < address + length; at++) {
            hex.append(at % 2 == 0 ? "00" : "bf"); // Thumb: nop is 0xbf00
        }
        return hex.toString();
    }

    private void step() {
        registers[PC] = FIRST + (registers[PC] + 2) % MEMORY_BYTES;
    }

    private String run() {
        for (int i = 0; i < MEMORY_BYTES; i++) {
            step();
            if (breakpoints.contains(registers[PC])) {
                return "S05";
            }
        }
        running = true;
        return "";
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
