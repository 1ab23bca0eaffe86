package org.kdive.images.initramfs;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import org.kdive.images.ImageException;

/**
 * A name for what is in a tree, 32 hex digits, the same for the same contents. A file on disk counts by its identity, size and
 * times: reading it would cost more than making the archive.
 */
public final class TreeIdentity {
    private TreeIdentity() {}

    /** @param form what is made of the tree: the same tree in another form is another thing */
    public static String of(FileTree tree, String form) {
        MessageDigest digest = sha256();
        digest.update(form.getBytes(StandardCharsets.UTF_8));
        for (Entry entry : tree.entries()) {
            String contents = "";
            if (entry instanceof Entry.RegularFile file) {
                contents = identity(file.content(), digest);
            }
            // No formatting and no record's own toString: both cost tens of milliseconds in a cold virtual machine.
            Attributes attributes = entry.attributes();
            String line = entry.getClass().getSimpleName()
                    + '\0'
                    + entry.path()
                    + '\0'
                    + attributes.permissions()
                    + ' '
                    + attributes.userId()
                    + ' '
                    + attributes.groupId()
                    + ' '
                    + attributes.mtimeSeconds()
                    + '\0'
                    + (entry instanceof Entry.RegularFile ? contents : detail(entry))
                    + '\n';
            digest.update(FileName.encode(line));
        }
        return HexFormat.of().formatHex(digest.digest()).substring(0, 32);
    }

    private static String detail(Entry entry) {
        if (entry instanceof Entry.Symlink link) {
            return link.target();
        }
        if (entry instanceof Entry.HardLink link) {
            return link.target();
        }
        return entry instanceof Entry.DeviceNode node
                ? (node.isBlock() ? "b" : "c") + node.major() + ":" + node.minor()
                : "";
    }

    private static String identity(Content content, MessageDigest digest) {
        if (content instanceof Content.InMemory memory) {
            memory.update(digest);
            return "memory " + memory.sizeBytes();
        }
        Path file = ((Content.OnDisk) content).file();
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return file.toAbsolutePath() + " " + attributes.fileKey() + " " + attributes.size() + " "
                    + attributes.lastModifiedTime().toMillis();
        } catch (IOException e) {
            throw ImageException.io(file, e);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
