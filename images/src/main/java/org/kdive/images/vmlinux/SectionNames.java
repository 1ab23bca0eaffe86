package org.kdive.images.vmlinux;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.kdive.images.elf.Section;

/** The names of sections as a string table. */
final class SectionNames {
    private final ByteArrayOutputStream table = new ByteArrayOutputStream();
    private final List<Integer> offsets = new ArrayList<>();

    SectionNames(List<Section> sections) {
        for (Section section : sections) {
            offsets.add(table.size());
            table.writeBytes(section.name().getBytes(StandardCharsets.ISO_8859_1));
            table.write(0);
        }
    }

    int offset(int index) {
        return offsets.get(index);
    }

    byte[] table() {
        return table.toByteArray();
    }
}
