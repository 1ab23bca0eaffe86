package org.kdive.cli;

import org.kdive.images.initramfs.Compression;
import org.kdive.images.initramfs.InitramfsWriter;

/** The day that reproducible files claim to be of. reproducible-builds.org, SOURCE_DATE_EPOCH. */
final class SourceDate {
    private SourceDate() {}

    /** A writer that heeds the variable, if it is set to a time that an archive can hold. */
    static InitramfsWriter writer(Compression compression) {
        InitramfsWriter writer = new InitramfsWriter(compression);
        String seconds = System.getenv().getOrDefault("SOURCE_DATE_EPOCH", "");
        return seconds.matches("\\d{1,10}") ? writer.withSourceDateEpoch(Long.parseLong(seconds)) : writer;
    }

    /** The variable, or 0: the same input makes the same file. */
    static long seconds() {
        String seconds = System.getenv().getOrDefault("SOURCE_DATE_EPOCH", "");
        return seconds.matches("\\d{1,10}") ? Long.parseLong(seconds) : 0;
    }
}
