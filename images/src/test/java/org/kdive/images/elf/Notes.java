package org.kdive.images.elf;

import java.nio.ByteOrder;
import org.kdive.images.bytes.ByteWriter;

/** ELF notes, for tests of files that have them. */
final class Notes {
    private Notes() {}

    static byte[] note(String name, String text) {
        return new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .u32(name.length() + 1)
                .u32(text.length())
                .u32(0)
                .cstring(name)
                .align(4)
                .text(text)
                .align(4)
                .toArray();
    }
}
