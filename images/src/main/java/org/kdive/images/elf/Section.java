package org.kdive.images.elf;

/**
 * One entry of the section header table (gABI, "Sections").
 *
 * @param address link-time virtual; 0 if not loaded
 * @param offset of its bytes in the ELF file, unless it is {@link #SHT_NOBITS}
 */
public record Section(
        String name, int type, long flags, long address, long offset, long sizeBytes, int link, long entryBytes) {
    public static final int SHT_SYMTAB = 2;
    public static final int SHT_NOTE = 7;
    public static final int SHT_NOBITS = 8;

    public static final long SHF_WRITE = 1;
    public static final long SHF_ALLOC = 2;
    public static final long SHF_EXECINSTR = 4;

    public boolean isLoaded() {
        return (flags & SHF_ALLOC) != 0;
    }

    public boolean isExecutable() {
        return (flags & SHF_EXECINSTR) != 0;
    }

    public boolean isWritable() {
        return (flags & SHF_WRITE) != 0;
    }
}
