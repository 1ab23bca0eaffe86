package org.kdive.cli;

import picocli.CommandLine.Command;

/** {@code kdive image}: what is in a kernel file, with nothing booted. */
@Command(
        name = "image",
        description = "Looks into kernel images, and gets them.",
        subcommands = {ImageInspectVerb.class, ImageSymbolsVerb.class, ImageExtractVerb.class, ImageFetchVerb.class})
final class ImageVerb {}
