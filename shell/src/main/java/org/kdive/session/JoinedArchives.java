package org.kdive.session;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.kdive.images.ImageException;

/** Two initial roots one behind the other: the kernel unpacks both into one. Documentation/driver-api/early-userspace. */
final class JoinedArchives {
    private static final int ALIGNMENT = 4; // of a cpio archive behind another: init/initramfs.c

    private JoinedArchives() {}

    /** @param first unpacked, so that what is behind it need not be */
    static Path of(Path first, Path second, Path directory) {
        try {
            Path joined = directory.resolve(first.getFileName() + "-" + sum(second) + ".cpio");
            if (!Files.exists(joined)) {
                Path partial = Files.createTempFile(directory, "joined", ".partial");
                try (OutputStream out = Files.newOutputStream(partial)) {
                    long length = Files.copy(first, out);
                    out.write(new byte[(int) (-length & (ALIGNMENT - 1))]);
                    Files.copy(second, out);
                }
                Files.move(partial, joined, StandardCopyOption.ATOMIC_MOVE);
            }
            return joined;
        } catch (IOException e) {
            throw ImageException.io(second, e);
        }
    }

    private static String sum(Path file) throws IOException {
        try (DigestInputStream in =
                new DigestInputStream(Files.newInputStream(file), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest(), 0, 16);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
