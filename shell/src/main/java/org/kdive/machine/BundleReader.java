package org.kdive.machine;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.util.HexFormat;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Takes out of a bundle what is in it: sizes are believed when the disk has room, contents when their sums are right. */
final class BundleReader {
    private static final int MOST_PROPERTIES_BYTES = 4 << 20;
    private static final long MOST_BYTES = 1L << 42;
    private static final int PIECE_BYTES = 1 << 16;
    private static final Pattern SUM = Pattern.compile("[0-9a-f]{64}");

    private final Path file;
    private final Properties machine;
    private final Properties debugger;

    private BundleReader(Path file, ZipFile zip) throws IOException {
        this.file = file;
        this.machine = properties(zip, "machine.properties");
        this.debugger = properties(zip, "debugger.properties");
        if (!MachineBundle.FORMAT.equals(machine.getProperty("format"))) {
            throw bad("written by another kdive");
        }
    }

    static BundleReader of(Path file) {
        try (ZipFile zip = new ZipFile(file.toFile())) {
            return new BundleReader(file, zip);
        } catch (IOException | IllegalArgumentException e) {
            throw broken(file, Files.exists(file) ? "no checkpoint bundle, or a damaged one" : "no such file");
        }
    }

    Properties machine() {
        return machine;
    }

    Properties debugger() {
        return debugger;
    }

    private Properties properties(ZipFile zip, String name) throws IOException {
        try (InputStream in = zip.getInputStream(entry(zip, name))) {
            byte[] text = in.readNBytes(MOST_PROPERTIES_BYTES + 1);
            if (text.length > MOST_PROPERTIES_BYTES) {
                throw bad(name + " is too long");
            }
            Properties read = new Properties();
            read.load(new java.io.StringReader(new String(text, StandardCharsets.UTF_8)));
            return read;
        }
    }

    private ZipEntry entry(ZipFile zip, String name) {
        ZipEntry entry = zip.getEntry(name);
        if (entry == null) {
            throw bad(name + " is missing");
        }
        return entry;
    }

    boolean has(String name) {
        return machine.getProperty(name + ".bytes") != null;
    }

    /** To a file that is called by its contents. */
    Path unpackInto(Path cache, String name) {
        Path target = cache.resolve(sum(name)).resolve(name);
        try {
            if (Files.exists(target) && Files.size(target) == bytes(name)) {
                return target;
            }
            Files.createDirectories(target.getParent());
            Path part = Files.createTempFile(target.getParent(), name, ".part");
            try {
                unpack(name, part);
                return Files.move(part, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(part);
            }
        } catch (IOException e) {
            throw broken(file, "unpack %s: %s".formatted(name, e));
        }
    }

    private String sum(String name) {
        String sum = machine.getProperty(name + ".sha256", "");
        if (!SUM.matcher(sum).matches()) {
            throw bad(name + " is missing");
        }
        return sum;
    }

    private long bytes(String name) {
        try {
            long bytes = Long.parseLong(machine.getProperty(name + ".bytes", "-1"));
            if (bytes >= 0 && bytes <= MOST_BYTES) {
                return bytes;
            }
        } catch (NumberFormatException e) {
            throw bad("the size of %s is no number".formatted(name));
        }
        throw bad(name + " is missing, or of no possible size");
    }

    void unpack(String name, Path target) throws IOException {
        long left = bytes(name);
        long room = Files.getFileStore(target.getParent()).getUsableSpace();
        if (left > room) {
            throw bad("%s takes %d MiB, and there is room for %d in %s"
                    .formatted(name, left >> 20, room >> 20, target.getParent()));
        }
        try (ZipFile zip = new ZipFile(file.toFile());
                DigestInputStream in = new DigestInputStream(zip.getInputStream(entry(zip, name)), Digests.sha256());
                OutputStream out = Files.newOutputStream(target)) {
            byte[] piece = new byte[PIECE_BYTES];
            for (int got = in.read(piece); got >= 0; got = in.read(piece)) {
                left -= got;
                if (left < 0) {
                    throw bad(name + " is longer than it says");
                }
                out.write(piece, 0, got);
            }
            if (left != 0
                    || !HexFormat.of().formatHex(in.getMessageDigest().digest()).equals(sum(name))) {
                throw bad(name + " is damaged");
            }
        } catch (java.util.zip.ZipException e) {
            throw bad("%s is damaged: %s".formatted(name, e.getMessage()));
        }
    }

    MachineException bad(String why) {
        return broken(file, why);
    }

    static MachineException broken(Path file, String why) {
        return new MachineException("checkpoint %s: %s".formatted(file, why), new MachineFailure.BadBundle(file));
    }
}
