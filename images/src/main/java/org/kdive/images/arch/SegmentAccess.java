package org.kdive.images.arch;

/**
 * The access half of a segment descriptor, laid out as its upper 32 bits are: what QEMU's {@code info registers} prints
 * fourth on a segment's line. Intel SDM volume 3, 3.4.5.
 */
public record SegmentAccess(int upper) {
    public boolean isPresent() {
        return (upper >> 15 & 1) != 0;
    }

    public int dpl() {
        return upper >> 13 & 3;
    }

    public boolean isSystem() {
        return (upper >> 12 & 1) == 0;
    }

    public boolean isCode() {
        return !isSystem() && (upper >> 11 & 1) != 0;
    }

    /** L: a code segment of 64-bit instructions. */
    public boolean isLong() {
        return (upper >> 21 & 1) != 0;
    }

    /** D/B: operands and addresses of 32 bits unless a prefix says otherwise. */
    public boolean is32Bit() {
        return (upper >> 22 & 1) != 0;
    }

    /** {@code CS64 DPL=0 [ R A ]}: conforming or expand-down, readable or writable, accessed; gaps are bits not set. */
    @Override
    public String toString() {
        if (!isPresent()) {
            return "not present";
        }
        if (isSystem()) {
            return "%s DPL=%d".formatted(systemType(upper >> 8 & 15), dpl());
        }
        String width = isLong() ? "64" : is32Bit() ? "32" : "16";
        String second = (upper >> 10 & 1) == 0 ? "" : isCode() ? "C " : "E ";
        String third = (upper >> 9 & 1) == 0 ? "" : isCode() ? "R " : "W ";
        String accessed = (upper >> 8 & 1) == 0 ? "" : "A ";
        String kind = isCode() ? "CS" + width : "DS" + (is32Bit() ? "" : "16");
        return "%s DPL=%d [ %s%s%s]".formatted(kind, dpl(), second, third, accessed);
    }

    // Intel SDM volume 3, table 3-2
    private static String systemType(int type) {
        return switch (type) {
            case 2 -> "LDT";
            case 9 -> "TSS";
            case 11 -> "TSS busy";
            case 12 -> "call gate";
            case 14 -> "interrupt gate";
            case 15 -> "trap gate";
            default -> "system type " + type;
        };
    }
}
