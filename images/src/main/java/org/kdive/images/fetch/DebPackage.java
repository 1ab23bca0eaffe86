package org.kdive.images.fetch;

import com.github.luben.zstd.ZstdInputStream;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.ar.ArArchiveEntry;
import org.apache.commons.compress.archivers.ar.ArArchiveInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.BoundedStream;
import org.tukaani.xz.XZInputStream;

/**
 * The files inside a Debian package, in the archive's order. deb(5): an ar archive of {@code debian-binary},
 * {@code control.tar.*} and {@code data.tar.*}.
 */
final class DebPackage {
    private static final int XZ_MEMORY_LIMIT_KIB = 256 << 10;
    private static final int MAX_PATH = 4096;

    /** Gets each regular file; says whether it wants to see more. */
    interface Visitor {
        boolean visit(String path, long sizeBytes, InputStream contents) throws IOException;

        /** @param target as it stands in the archive, to wherever that may lead */
        default void symlink(String path, String target) {}

        /** @param target a path in the archive, seen before */
        default void hardLink(String path, String target) {}
    }

    private final Path file;
    private final long maxUnpackedBytes;

    /** @param maxUnpackedBytes a package that unpacks to more is refused when that much has been seen */
    DebPackage(Path file, long maxUnpackedBytes) {
        this.file = file;
        this.maxUnpackedBytes = maxUnpackedBytes;
    }

    void visit(Visitor visitor) {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16);
                ArArchiveInputStream members = new ArArchiveInputStream(in)) {
            ArArchiveEntry member = members.getNextEntry();
            while (member != null && !member.getName().startsWith("data.tar")) {
                member = members.getNextEntry();
            }
            if (member == null) {
                throw malformed("no data.tar member");
            }
            visitData(decompressed(member.getName(), members), visitor);
        } catch (ImageException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // commons-compress reports some malformed archives as IllegalArgumentException and the like.
            throw new ImageException(new ImageFailure.Malformed(file.toString(), 0, ImageException.reason(e)), e);
        }
    }

    private InputStream decompressed(String member, InputStream in) throws IOException {
        return switch (member) {
            case "data.tar" -> in;
            case "data.tar.xz" -> new XZInputStream(in, XZ_MEMORY_LIMIT_KIB);
            case "data.tar.zst" -> new ZstdInputStream(in);
            case "data.tar.gz" -> new GZIPInputStream(in, 1 << 16);
            default -> throw new ImageException(new ImageFailure.Unsupported(file.toString(), "member " + member));
        };
    }

    private void visitData(InputStream data, Visitor visitor) throws IOException {
        TarArchiveInputStream tar =
                new TarArchiveInputStream(new BoundedStream(data, file.toString(), maxUnpackedBytes));
        boolean more = true;
        for (TarArchiveEntry entry = tar.getNextEntry();
                entry != null && more;
                entry = more ? tar.getNextEntry() : null) {
            // To commons-compress a link is a file, too.
            if (entry.isSymbolicLink()) {
                visitor.symlink(plainPath(entry.getName()), entry.getLinkName());
            } else if (entry.isLink()) {
                visitor.hardLink(plainPath(entry.getName()), plainPath(entry.getLinkName()));
            } else if (entry.isFile() && !entry.isSparse()) {
                more = visitor.visit(plainPath(entry.getName()), entry.getSize(), tar);
            }
        }
    }

    /** {@code ./boot/x} as {@code boot/x}; nothing that could leave a directory it is resolved in. */
    private String plainPath(String name) {
        String path = name.startsWith("./") ? name.substring(2) : name;
        boolean leaves = path.isEmpty() || path.length() > MAX_PATH || path.startsWith("/") || path.indexOf('\0') >= 0;
        for (String part : path.split("/", -1)) {
            leaves |= part.equals("..");
        }
        if (leaves) {
            throw malformed("member name %s leaves the package".formatted(name));
        }
        return path;
    }

    private ImageException malformed(String what) {
        return new ImageException(new ImageFailure.Malformed(file.toString(), 0, what));
    }
}
