package org.kdive.cli;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kdive.images.KernelImage;
import org.kdive.images.fetch.KernelFetcher;
import org.kdive.images.fetch.KernelName;
import org.kdive.images.fetch.Progress;

/** KERNEL on the command line: a file, or the name of a distribution's, which is fetched. A file that exists goes first. */
record KernelArgument(String words) {
    /** Reads the file, fetched if need be; nothing is unpacked yet. */
    KernelImage open(PrintWriter talk) {
        return KernelImage.open(file(DownloadProgress.of(talk)));
    }

    Path file(Progress progress) {
        Path file = Path.of(words);
        Optional<KernelName> name = Files.exists(file) ? Optional.empty() : KernelName.find(words);
        return name.map(known -> KernelFetcher.ofUser().fetch(known, progress).kernel())
                .orElse(file);
    }
}
