package org.kdive.cli;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.kdive.command.ExitStatus;
import org.kdive.images.initramfs.Unpacker;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code kdive image unpack}: an initramfs into a directory. */
@Command(
        name = "unpack",
        description = "Unpacks an initramfs, all archives that it is made of, into a new or empty directory.",
        footer = "Nothing is written anywhere else, and nothing at all if the archive is bad.")
final class ImageUnpackVerb implements Callable<Integer> {
    @Parameters(index = "0", paramLabel = "ARCHIVE", description = "An initramfs, compressed or not.")
    private Path archive;

    @Parameters(index = "1", paramLabel = "DIR", description = "Where to: not there yet, or empty.")
    private Path directory;

    @Override
    public Integer call() {
        new Unpacker().unpack(archive, directory);
        return ExitStatus.WELL;
    }
}
