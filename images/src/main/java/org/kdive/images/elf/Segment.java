package org.kdive.images.elf;

/** One entry of the program header table (gABI, "Program Header"). */
public record Segment(
        int type, int flags, long offset, long virtualAddress, long physicalAddress, long fileBytes, long memoryBytes) {
    public static final int PT_LOAD = 1;
    public static final int PT_NOTE = 4;

    /**
     * Whether its virtual addresses are where the kernel runs. The per-CPU segment of x86-64 (before 6.15) is linked at 0
     * but loaded elsewhere: its addresses are offsets, not places.
     */
    public boolean isMapped() {
        return type == PT_LOAD && !(virtualAddress == 0 && physicalAddress != 0);
    }
}
