package org.kdive.cli;

import java.io.OutputStream;
import picocli.CommandLine.Command;
import picocli.CommandLine.ParentCommand;

/** {@code kdive image}: what is in a kernel file, with nothing booted. */
@Command(
        name = "image",
        description = "Looks into kernel images, and gets them; makes roots.",
        subcommands = {
            ImageInspectVerb.class,
            ImageSymbolsVerb.class,
            ImageTypesVerb.class,
            ImageConfigVerb.class,
            ImageDoctorVerb.class,
            ImageExtractVerb.class,
            ImageFetchVerb.class,
            ImageBuildVerb.class,
            ImagePackVerb.class,
            ImageUnpackVerb.class,
            ImageEditVerb.class,
            ImageRootfsVerb.class,
            ImageDiskVerb.class,
            ImageCacheVerb.class
        })
final class ImageVerb {
    @ParentCommand
    private KdiveVerb kdive;

    /** Standard output for an answer that is bytes, not text. */
    OutputStream answer() {
        return kdive.answer();
    }
}
