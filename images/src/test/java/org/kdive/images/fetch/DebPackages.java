package org.kdive.images.fetch;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;

/** Debian packages made for tests. */
final class DebPackages {
    private DebPackages() {}

    interface Compressor {
        OutputStream compress(OutputStream out) throws IOException;
    }

    static byte[] deb(String dataMember, Compressor compressor, Map<String, byte[]> files) throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(compressor.compress(data))) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey(), true);
                entry.setSize(file.getValue().length);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        ByteArrayOutputStream deb = new ByteArrayOutputStream();
        try (ArArchiveOutputStream ar = new ArArchiveOutputStream(deb)) {
            member(ar, "debian-binary", "2.0\n".getBytes(StandardCharsets.US_ASCII));
            member(ar, "control.tar.xz", new byte[7]);
            member(ar, dataMember, data.toByteArray());
        }
        return deb.toByteArray();
    }

    private static void member(ArArchiveOutputStream ar, String name, byte[] contents) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, contents.length));
        ar.write(contents);
        ar.closeArchiveEntry();
    }
}
