package org.kdive.session;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;
import org.kdive.machine.MachineSpec;

/**
 * What a guest's root does about shares, by what is in its archive; of a packed one nothing is known.
 *
 * @param mountsByItself whether it mounts them as they are plugged in
 * @param hasLaidModules whether kdive has laid modules into it
 */
record RootManner(boolean mountsByItself, boolean hasLaidModules) {
    private static final int MOST_BYTES = 1 << 30;

    /** @param needsModules whether the kernel has 9p in modules */
    static RootManner of(MachineSpec spec, boolean needsModules) {
        Path archive = spec.initrd();
        if (archive == null) {
            return new RootManner(false, false);
        }
        boolean handsOver = spec.append().stream().anyMatch(word -> word.startsWith("root="));
        try {
            Bytes bytes =
                    Files.size(archive) > MOST_BYTES ? Bytes.of("", new byte[0]) : Bytes.ofFile(archive, MOST_BYTES);
            boolean able = has(bytes, "sbin/mount-shares") && (!needsModules || has(bytes, "-9p.ko"));
            return new RootManner(able && !handsOver, has(bytes, InitialRoot.LAID.substring(1) + "/000-"));
        } catch (IOException | ImageException e) {
            return new RootManner(false, false); // the shell will tell
        }
    }

    private static boolean has(Bytes bytes, String path) {
        return bytes.find(path.getBytes(StandardCharsets.US_ASCII), 0).isPresent();
    }
}
