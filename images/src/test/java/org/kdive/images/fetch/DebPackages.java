package org.kdive.images.fetch;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.archivers.tar.TarConstants;

/** Debian packages made for tests. */
public final class DebPackages {
    private DebPackages() {}

    public interface Compressor {
        OutputStream compress(OutputStream out) throws IOException;
    }

    public static byte[] deb(String dataMember, Compressor compressor, Map<String, byte[]> files) throws IOException {
        return deb(dataMember, compressor, files, Map.of());
    }

    /** @param symlinks from path to target, ahead of the files */
    static byte[] deb(String dataMember, Compressor compressor, Map<String, byte[]> files, Map<String, String> symlinks)
            throws IOException {
        ByteArrayOutputStream data = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar = new TarArchiveOutputStream(compressor.compress(data))) {
            for (Map.Entry<String, String> link : symlinks.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(link.getKey(), TarConstants.LF_SYMLINK);
                entry.setLinkName(link.getValue());
                tar.putArchiveEntry(entry);
                tar.closeArchiveEntry();
            }
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

    /** Every file of the package, to the end. */
    public static void readAll(Path deb, long limitBytes) {
        new DebPackage(deb, limitBytes).visit((path, size, in) -> {
            if (!Path.of("/a").resolve(path).normalize().startsWith("/a")) {
                throw new AssertionError(path + " leaves the package");
            }
            in.transferTo(OutputStream.nullOutputStream());
            return true;
        });
    }

    /** A module as a package has it; the first byte says how it is compressed. */
    public static void readModule(byte[] input) throws IOException {
        String suffix = List.of("", ".xz", ".zst").get(input.length == 0 ? 0 : (input[0] & 0xff) % 3);
        byte[] packed = Arrays.copyOfRange(input, Math.min(1, input.length), input.length);
        KernelModule.parse("m", KernelModule.contents("m.ko" + suffix, new ByteArrayInputStream(packed)));
    }

    private static void member(ArArchiveOutputStream ar, String name, byte[] contents) throws IOException {
        ar.putArchiveEntry(new ArArchiveEntry(name, contents.length));
        ar.write(contents);
        ar.closeArchiveEntry();
    }
}
