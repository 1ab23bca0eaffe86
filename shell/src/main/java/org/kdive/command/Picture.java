package org.kdive.command;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import org.kdive.session.SessionException;
import org.kdive.session.SessionFailure;

/** A picture of the guest's screen: three bytes a pixel, row by row. */
final class Picture {
    private static final int LARGEST = 1 << 14; // pixels a side
    private static final int HEADER_BYTES = 64;
    // P6 WIDTH HEIGHT 255, one white space, then the pixels: ppm(5), as QEMU writes it
    private static final Pattern PPM = Pattern.compile("P6\\s(\\d{1,5})\\s(\\d{1,5})\\s255\\s");
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'}; // PNG 5.2

    private final int width;
    private final int height;
    private final byte[] rgb;

    private Picture(int width, int height, byte[] rgb) {
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    /** Throws Refused for what is no such file, or a shorter one than it says. */
    static Picture ofPpm(byte[] file) {
        String head = new String(file, 0, Math.min(file.length, HEADER_BYTES), StandardCharsets.ISO_8859_1);
        Matcher matcher = PPM.matcher(head);
        if (matcher.lookingAt()) {
            int width = Integer.parseInt(matcher.group(1));
            int height = Integer.parseInt(matcher.group(2));
            long bytes = 3L * width * height;
            if (width > 0
                    && height > 0
                    && width <= LARGEST
                    && height <= LARGEST
                    && file.length - matcher.end() >= bytes) {
                byte[] rgb = new byte[(int) bytes];
                System.arraycopy(file, matcher.end(), rgb, 0, rgb.length);
                return new Picture(width, height, rgb);
            }
        }
        throw new SessionException(
                "screendump: what QEMU wrote is no picture", new SessionFailure.Refused("no P6 picture"));
    }

    int width() {
        return width;
    }

    int height() {
        return height;
    }

    /** As a PNG file. PNG 11.2: IHDR, one IDAT of rows that begin with filter 0, IEND. */
    byte[] toPng() {
        ByteArrayOutputStream png = new ByteArrayOutputStream();
        png.writeBytes(SIGNATURE);
        // 8 bits a sample, colour type 2 (RGB), deflate, adaptive filters, not interlaced
        chunk(
                png,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(width)
                        .putInt(height)
                        .put(new byte[] {8, 2, 0, 0, 0})
                        .array());
        byte[] rows = new byte[height * (1 + 3 * width)];
        for (int y = 0; y < height; y++) {
            System.arraycopy(rgb, y * 3 * width, rows, y * (1 + 3 * width) + 1, 3 * width);
        }
        chunk(png, "IDAT", deflated(rows));
        chunk(png, "IEND", new byte[0]);
        return png.toByteArray();
    }

    private static byte[] deflated(byte[] bytes) {
        Deflater deflater = new Deflater();
        try {
            deflater.setInput(bytes);
            deflater.finish();
            ByteArrayOutputStream packed = new ByteArrayOutputStream();
            byte[] piece = new byte[1 << 14];
            while (!deflater.finished()) {
                packed.write(piece, 0, deflater.deflate(piece));
            }
            return packed.toByteArray();
        } finally {
            deflater.end();
        }
    }

    private static void chunk(ByteArrayOutputStream png, String type, byte[] data) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(data);
        png.writeBytes(ByteBuffer.allocate(4).putInt(data.length).array());
        png.writeBytes(name);
        png.writeBytes(data);
        png.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    }

    /** Lines of upper half blocks, two pixels of the small picture in each, in a terminal's 256 colours. */
    List<String> toHalfBlocks(int columns) {
        int across = Math.min(columns, width);
        int down = Math.max(2, (int) ((long) height * across / width) / 2 * 2);
        List<String> lines = new ArrayList<>();
        for (int y = 0; y < down; y += 2) {
            StringBuilder line = new StringBuilder();
            for (int x = 0; x < across; x++) {
                line.append("\u001b[38;5;%d;48;5;%dm\u2580"
                        .formatted(colour(x, y, across, down), colour(x, y + 1, across, down)));
            }
            lines.add(line.append("\u001b[0m").toString());
        }
        return lines;
    }

    /** The mean of the pixels under one small pixel, in the 6x6x6 cube of xterm's colours 16 to 231. */
    private int colour(int x, int y, int across, int down) {
        int left = x * width / across;
        int right = Math.max(left + 1, (x + 1) * width / across);
        int top = y * height / down;
        int bottom = Math.min(height, Math.max(top + 1, (y + 1) * height / down));
        int index = 16;
        int weight = 36;
        for (int sample = 0; sample < 3; sample++) {
            long sum = 0;
            for (int row = top; row < bottom; row++) {
                for (int column = left; column < right; column++) {
                    sum += rgb[3 * (row * width + column) + sample] & 0xff;
                }
            }
            long mean = sum / ((long) (bottom - top) * (right - left));
            index += weight * (int) ((mean * 5 + 127) / 255);
            weight /= 6;
        }
        return index;
    }
}
