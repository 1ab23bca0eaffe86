package org.kdive.cli;

import java.nio.file.Path;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.ElfFile;
import org.kdive.images.symbols.ElfSymbols;
import org.kdive.images.symbols.SymbolTable;
import org.kdive.images.symbols.SystemMap;

/** The file of {@code --symbols}: an ELF kernel, or the text that its build wrote beside it. */
final class SymbolFiles {
    private static final int LIMIT_BYTES = Integer.MAX_VALUE - 64; // a debug vmlinux has several hundred MB

    private SymbolFiles() {}

    static SymbolTable read(Path file) {
        Bytes bytes = Bytes.ofFile(file, LIMIT_BYTES);
        if (!ElfFile.isElf(bytes)) {
            return SystemMap.read(bytes);
        }
        return ElfSymbols.read(ElfFile.read(bytes))
                .orElseThrow(() ->
                        new ImageException(new ImageFailure.Missing(file.toString(), "an ELF file without symbols")));
    }
}
