package org.kdive.images.initramfs;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/** Archives as hostile as a test wants them: every field is what it is told to be. */
public final class CpioBuilder {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final String magic;
    private int inode = 100;

    public CpioBuilder(String magic) {
        this.magic = magic;
    }

    public static CpioBuilder newc() {
        return new CpioBuilder("070701");
    }

    public CpioBuilder member(String name, int mode, String data) {
        return member(name, mode, data, inode++, 1);
    }

    public CpioBuilder member(String name, int mode, String data, int number, int links) {
        byte[] bytes = data.getBytes(StandardCharsets.ISO_8859_1);
        return raw(name, mode, number, links, bytes.length, bytes, 0);
    }

    CpioBuilder raw(String name, int mode, int number, int links, long size, byte[] data, int device) {
        byte[] nameBytes = (name + "\0").getBytes(StandardCharsets.UTF_8);
        if (magic.equals("070707")) {
            put("%s%06o%06o%06o%06o%06o%06o%06o%011o%06o%011o"
                    .formatted(magic, 1, number, mode, 0, 0, links, device, 7, nameBytes.length, size));
            out.writeBytes(nameBytes);
            out.writeBytes(data);
            return this;
        }
        int sum = 0;
        for (byte b : data) {
            sum += b & 0xff;
        }
        put("%s%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x%08x"
                .formatted(
                        magic,
                        number,
                        mode,
                        0,
                        0,
                        links,
                        7,
                        size,
                        0,
                        1,
                        device >> 8,
                        device & 0xff,
                        nameBytes.length,
                        magic.equals("070702") ? sum : 0));
        out.writeBytes(nameBytes);
        pad();
        out.writeBytes(data);
        pad();
        return this;
    }

    CpioBuilder put(String text) {
        out.writeBytes(text.getBytes(StandardCharsets.ISO_8859_1));
        return this;
    }

    CpioBuilder zeros(int count) {
        out.writeBytes(new byte[count]);
        return this;
    }

    private void pad() {
        zeros((4 - out.size() % 4) % 4);
    }

    byte[] unfinished() {
        return out.toByteArray();
    }

    public byte[] build() {
        raw("TRAILER!!!", 0, 0, 1, 0, new byte[0], 0);
        return out.toByteArray();
    }
}
