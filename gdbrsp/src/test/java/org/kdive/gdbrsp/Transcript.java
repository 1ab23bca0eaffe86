package org.kdive.gdbrsp;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A peer that says and expects what a wire log has, byte for byte, acknowledgements too: {@code >} lines are the
 * client's, {@code <} lines the stub's, {@code #} lines are comments. In lines written by hand {@code #??} stands for
 * the right checksum. {@code < EOF} hangs up.
 */
final class Transcript implements ManualTransport.Peer {
    private static final Pattern OPEN_CHECKSUM = Pattern.compile("\\$([^$#]*)#\\?\\?");

    private final List<String> lines;
    private final ByteArrayOutputStream unmatched = new ByteArrayOutputStream();
    private boolean packetsOnly;
    private int at;

    private Transcript(List<String> lines) {
        this.lines = lines;
    }

    static Transcript of(String... lines) {
        return new Transcript(new ArrayList<>(
                Arrays.stream(lines).map(Transcript::checksummed).toList()));
    }

    static Transcript resource(String name) {
        try (InputStream in = Transcript.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("no transcript " + name);
            }
            return new Transcript(new ArrayList<>(new String(in.readAllBytes(), ISO_8859_1)
                    .lines()
                    .filter(line -> line.startsWith("> ") || line.startsWith("< "))
                    .toList()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Acknowledgements are not compared. */
    Transcript packetsOnly() {
        packetsOnly = true;
        List<String> kept = lines.stream()
                .map(line -> line.startsWith("> ") ? "> " + line.substring(2).replace("+", "") : line)
                .filter(line -> !line.equals("> "))
                .toList();
        lines.clear();
        lines.addAll(kept);
        return this;
    }

    /** Goes on with these lines. */
    void then(String... more) {
        Arrays.stream(more).map(Transcript::checksummed).forEach(lines::add);
    }

    private static String checksummed(String line) {
        Matcher matcher = OPEN_CHECKSUM.matcher(line);
        StringBuilder out = new StringBuilder();
        while (matcher.find()) {
            int sum = unprintable(matcher.group(1)).chars().sum() & 0xff;
            matcher.appendReplacement(out, Matcher.quoteReplacement("$%s#%02x".formatted(matcher.group(1), sum)));
        }
        return matcher.appendTail(out).toString();
    }

    private static String unprintable(String text) {
        return Pattern.compile("\\\\x(..)")
                .matcher(text)
                .replaceAll(it -> Matcher.quoteReplacement(String.valueOf((char) Integer.parseInt(it.group(1), 16))));
    }

    /** Says what stands next without waiting to hear anything. */
    void speak(ManualTransport back) {
        while (at < lines.size() && lines.get(at).startsWith("<")) {
            String text = lines.get(at++).substring(2);
            if (text.equals("EOF")) {
                back.hangUp();
            } else {
                back.arrive(unprintable(text).getBytes(ISO_8859_1));
            }
        }
    }

    @Override
    public void hear(byte[] bytes, ManualTransport back) {
        unmatched.writeBytes(
                packetsOnly ? new String(bytes, ISO_8859_1).replace("+", "").getBytes(ISO_8859_1) : bytes);
        while (unmatched.size() > 0) {
            String heard = unmatched.toString(ISO_8859_1);
            String expected = at < lines.size() && lines.get(at).startsWith(">")
                    ? unprintable(lines.get(at).substring(2))
                    : "";
            if (expected.isEmpty() || (!heard.startsWith(expected) && !expected.startsWith(heard))) {
                throw new AssertionError(
                        "line " + (at + 1) + ": expected <" + expected + "> but heard <" + heard + ">");
            }
            if (heard.length() < expected.length()) {
                return;
            }
            unmatched.reset();
            unmatched.writeBytes(heard.substring(expected.length()).getBytes(ISO_8859_1));
            at++;
            speak(back);
        }
    }

    /** What the client was still expected to say; empty at the end of a good test. */
    List<String> left() {
        return lines.subList(at, lines.size());
    }
}
