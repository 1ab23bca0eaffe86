package org.kdive.qmp;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Makes the transcripts under src/test/resources from a real QEMU; needs nothing but a JDK. Run from the project's root:
 *
 * <pre>java RecordTranscript.java OUT REQUEST... -- QEMU ARGUMENTS</pre>
 *
 * A request is {@code command} or {@code command {"its":"arguments"}}; {@code @text} reads on until a line since
 * the last request has that text, {@code @end} until QEMU hangs up. Ids are given as QmpClient gives them.
 */
final class RecordTranscript {
    private final List<String> lines = new ArrayList<>();
    private final SocketChannel socket;
    private final BufferedReader in;
    private int lastId;
    private int lastSent; // index of the line

    private RecordTranscript(SocketChannel socket) {
        this.socket = socket;
        this.in = new BufferedReader(Channels.newReader(socket, StandardCharsets.UTF_8));
    }

    public static void main(String[] arguments) throws Exception {
        List<String> words = List.of(arguments);
        int divider = words.indexOf("--");
        Path directory = Files.createTempDirectory("record");
        UnixDomainSocketAddress address = UnixDomainSocketAddress.of(directory.resolve("qmp"));
        List<String> command = new ArrayList<>(words.subList(divider + 1, words.size()));
        command.addAll(List.of("-qmp", "unix:qmp"));
        List<String> transcript = new ArrayList<>(List.of("# made by: RecordTranscript " + shown(words)));
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(address);
            Process qemu = new ProcessBuilder(command)
                    .directory(directory.toFile())
                    .inheritIO()
                    .start();
            try (SocketChannel socket = server.accept()) {
                RecordTranscript recorder = new RecordTranscript(socket);
                recorder.readUntil("\"QMP\"");
                recorder.send("qmp_capabilities");
                for (String request : words.subList(1, divider)) {
                    recorder.perform(request);
                }
                transcript.addAll(recorder.lines);
            } finally {
                qemu.destroyForcibly().waitFor();
            }
        }
        Files.write(Path.of(words.get(0)), transcript);
    }

    private void perform(String request) throws IOException {
        if (request.equals("@end")) {
            while (readLine().isPresent()) {
                // readLine keeps it
            }
        } else if (request.startsWith("@")) {
            String text = request.substring(1);
            if (lines.subList(lastSent, lines.size()).stream().noneMatch(line -> line.contains(text))) {
                readUntil(text);
            }
        } else {
            send(request);
        }
    }

    private void send(String request) throws IOException {
        int space = request.indexOf(' ');
        String name = space < 0 ? request : request.substring(0, space);
        String arguments = space < 0 ? "" : ",\"arguments\":" + request.substring(space + 1);
        lastId++;
        String line = "{\"execute\":\"%s\"%s,\"id\":%d}".formatted(name, arguments, lastId);
        lines.add("> " + line);
        lastSent = lines.size();
        ByteBuffer bytes = ByteBuffer.wrap((line + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            socket.write(bytes);
        }
        readUntil("\"id\": " + lastId);
    }

    private void readUntil(String text) {
        String line = "";
        while (!line.contains(text)) {
            line = readLine().orElseThrow(() -> new IllegalStateException("QEMU hung up"));
        }
    }

    private Optional<String> readLine() {
        try {
            Optional<String> line = Optional.ofNullable(in.readLine());
            line.ifPresent(text -> lines.add("< " + text));
            return line;
        } catch (IOException hungUp) {
            // QEMU leaves the last newline unread when it quits, and the kernel makes a reset of that.
            return Optional.empty();
        }
    }

    private static String shown(List<String> words) {
        StringBuilder shown = new StringBuilder();
        for (String word : words.subList(1, words.size())) {
            shown.append(word.matches("[\\w.,:=/-]+") ? word : "'" + word + "'").append(' ');
        }
        return shown.toString().strip();
    }
}
