package org.kdive.images.fetch;

import java.nio.file.Files;
import java.nio.file.Path;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;

/** Whether a program runs by itself in a guest. */
final class ElfProgram {
    private static final int PT_INTERP = 3; // ELF gABI, Program Header, p_type
    private static final int MAX_PROGRAM_BYTES = 64 << 20;

    private ElfProgram() {}

    /** A program of that processor which asks for no dynamic linker; false for anything unreadable. */
    static boolean isStaticFor(Path file, Architecture processor) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try {
            ElfFile elf = ElfFile.read(Bytes.ofFile(file, MAX_PROGRAM_BYTES));
            return elf.architecture().filter(processor::equals).isPresent()
                    && !elf.segments().isEmpty()
                    && elf.segments().stream().noneMatch(segment -> segment.type() == PT_INTERP);
        } catch (ImageException e) {
            return false;
        }
    }
}
