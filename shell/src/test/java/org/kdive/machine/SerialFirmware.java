package org.kdive.machine;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** A whole x86 firmware of a few real-mode instructions: a guest that talks milliseconds after its reset. */
public final class SerialFirmware {
    private static final int SIZE = 1 << 16;
    private static final int RESET_VECTOR = SIZE - 16;

    private SerialFirmware() {}

    /** Says {@code text} once, then gives back every byte that it gets. */
    public static Path echo(Path file, String text) throws IOException {
        ByteArrayOutputStream code = new ByteArrayOutputStream();
        for (byte b : text.getBytes(StandardCharsets.US_ASCII)) {
            code.writeBytes(new byte[] {(byte) 0xba, (byte) 0xf8, 0x03}); // mov dx, 0x3f8
            code.writeBytes(new byte[] {(byte) 0xb0, b, (byte) 0xee}); // mov al, b; out dx, al
        }
        code.writeBytes(new byte[] {
            (byte) 0xba,
            (byte) 0xfd,
            0x03, // wait: mov dx, 0x3fd    line status
            (byte) 0xec, // in al, dx
            (byte) 0xa8,
            0x01, // test al, 1
            0x74,
            (byte) 0xf8, // jz wait
            (byte) 0xba,
            (byte) 0xf8,
            0x03, // mov dx, 0x3f8
            (byte) 0xec,
            (byte) 0xee, // in al, dx; out dx, al
            (byte) 0xeb,
            (byte) 0xf1 // jmp wait
        });
        return write(file, code.toByteArray());
    }

    /** Says x for ever, as fast as the line takes it. */
    static Path flood(Path file) throws IOException {
        return write(file, new byte[] {
            (byte) 0xba,
            (byte) 0xf8,
            0x03, // mov dx, 0x3f8
            (byte) 0xb0,
            'x', // mov al, 'x'
            (byte) 0xee, // again: out dx, al
            (byte) 0xeb,
            (byte) 0xfd // jmp again
        });
    }

    private static Path write(Path file, byte[] code) throws IOException {
        ByteBuffer image = ByteBuffer.allocate(SIZE).put(code);
        // jmp near to offset 0: the segment's base is 64 KiB below 4 GiB until the first far jump.
        image.put(RESET_VECTOR, (byte) 0xe9).put(RESET_VECTOR + 1, (byte) 0x0d).put(RESET_VECTOR + 2, (byte) 0x00);
        return Files.write(file, image.array());
    }
}
