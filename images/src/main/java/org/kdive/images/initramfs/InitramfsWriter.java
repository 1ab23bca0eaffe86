package org.kdive.images.initramfs;

import java.io.BufferedOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.apache.commons.compress.archivers.cpio.CpioArchiveEntry;
import org.apache.commons.compress.archivers.cpio.CpioArchiveOutputStream;
import org.apache.commons.compress.archivers.cpio.CpioConstants;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;

/**
 * Writes a tree as the kernel unpacks it: cpio "newc" (Linux Documentation/driver-api/early-userspace/buffer-format.rst),
 * compressed or not. The same tree gives the same bytes on every machine: inode numbers follow the tree's order.
 */
public final class InitramfsWriter {
    private static final long MAX_FILE_BYTES = 0xffff_ffffL;
    private static final Content NOTHING = Content.of(new byte[0]);
    private static final int PADDING_BLOCK_BYTES = 512;

    private final Compression compression;
    private final long latestMtimeSeconds;

    public InitramfsWriter(Compression compression) {
        this(compression, MAX_FILE_BYTES);
    }

    private InitramfsWriter(Compression compression, long latestMtimeSeconds) {
        this.compression = compression;
        this.latestMtimeSeconds = latestMtimeSeconds;
    }

    /** Later modification times are written as this one, as reproducible-builds.org has SOURCE_DATE_EPOCH mean. */
    public InitramfsWriter withSourceDateEpoch(long seconds) {
        return new InitramfsWriter(compression, seconds);
    }

    /** Replaces the file in one step once the archive is whole. */
    public void write(FileTree tree, Path target) {
        WholeFile.replace(target, out -> write(tree, out));
    }

    /** The stream is closed. */
    public void write(FileTree tree, OutputStream out) throws IOException {
        // Names pass commons-compress as Latin-1, one char a byte, so that any bytes may be in them.
        try (OutputStream compressed = new BufferedOutputStream(new Unflushed(compression.compress(out)), 1 << 16);
                CpioArchiveOutputStream cpio = new CpioArchiveOutputStream(
                        compressed,
                        CpioConstants.FORMAT_NEW,
                        PADDING_BLOCK_BYTES,
                        StandardCharsets.ISO_8859_1.name())) {
            writeEntries(tree, cpio);
        }
    }

    /** A flush in the middle makes compressed data longer, and LZMA cannot do it at all. */
    private static final class Unflushed extends FilterOutputStream {
        Unflushed(OutputStream out) {
            super(out);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
        }

        @Override
        public void flush() {}
    }

    private void writeEntries(FileTree tree, CpioArchiveOutputStream cpio) throws IOException {
        Map<String, Links> linksByTarget = Links.of(tree);
        long inode = 1;
        for (Entry entry : tree.entries()) {
            Links links = linksByTarget.get(entry instanceof Entry.HardLink link ? link.target() : entry.path());
            if (links == null) {
                writeEntry(cpio, entry, inode++, 1);
                continue;
            }
            if (links.inode == 0) {
                links.inode = inode++;
            }
            links.left--;
            Content content = links.left == 0 ? links.file.content() : NOTHING;
            writeEntry(
                    cpio,
                    new Entry.RegularFile(entry.path(), links.file.attributes(), content),
                    links.inode,
                    links.names);
        }
    }

    private void writeEntry(CpioArchiveOutputStream cpio, Entry entry, long inode, int names) throws IOException {
        Content content = NOTHING;
        if (entry instanceof Entry.RegularFile file) {
            content = file.content();
        } else if (entry instanceof Entry.Symlink link) {
            content = Content.of(FileName.encode(link.target()));
        }
        CpioArchiveEntry header = header(entry, content.sizeBytes());
        header.setInode(inode);
        header.setNumberOfLinks(entry instanceof Entry.Directory ? 2 : names);
        cpio.putArchiveEntry(header);
        copy(entry, content, cpio);
        cpio.closeArchiveEntry();
    }

    private CpioArchiveEntry header(Entry entry, long sizeBytes) {
        if (sizeBytes > MAX_FILE_BYTES) {
            throw new ImageException(
                    new ImageFailure.TooLarge(FileName.printable(entry.path()), sizeBytes, MAX_FILE_BYTES));
        }
        Attributes attributes = entry.attributes();
        String name = new String(FileName.encode(entry.path()), StandardCharsets.ISO_8859_1);
        CpioArchiveEntry header = new CpioArchiveEntry(CpioConstants.FORMAT_NEW, name, sizeBytes);
        header.setMode(entry.typeBits() | attributes.permissions());
        header.setUID(attributes.userId() & 0xffff_ffffL);
        header.setGID(attributes.groupId() & 0xffff_ffffL);
        header.setTime(Math.min(attributes.mtimeSeconds(), latestMtimeSeconds));
        if (entry instanceof Entry.DeviceNode node) {
            header.setRemoteDeviceMaj(node.major());
            header.setRemoteDeviceMin(node.minor());
        }
        return header;
    }

    private static void copy(Entry entry, Content content, OutputStream out) throws IOException {
        try (InputStream in = content.open()) {
            long copied = in.transferTo(out);
            if (copied != content.sizeBytes()) {
                throw new IOException("%s changed while it was read".formatted(FileName.printable(entry.path())));
            }
        }
    }

    /** The names of one file: all share its inode, and the last one written carries its bytes, as cpio has it. */
    private static final class Links {
        private final Entry.RegularFile file;
        private long inode;
        private int names = 1;
        private int left = 1;

        private Links(Entry.RegularFile file) {
            this.file = file;
        }

        /** By the path of the regular file; files of one name are not in it. */
        static Map<String, Links> of(FileTree tree) {
            Map<String, Links> links = new HashMap<>();
            for (Entry entry : tree.entries()) {
                if (entry instanceof Entry.HardLink link) {
                    Links known = links.computeIfAbsent(link.target(), target -> new Links(file(tree, link)));
                    known.names++;
                    known.left++;
                }
            }
            return links;
        }

        private static Entry.RegularFile file(FileTree tree, Entry.HardLink link) {
            if (tree.find(link.target()).orElse(null) instanceof Entry.RegularFile file) {
                return file;
            }
            throw new ImageException(new ImageFailure.Missing(
                    FileName.printable(link.path()),
                    "links to %s, which is no file of this tree".formatted(FileName.printable(link.target()))));
        }
    }
}
