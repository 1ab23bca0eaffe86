package org.kdive.images.unwind;

import java.util.Optional;
import org.kdive.images.KernelImage;
import org.kdive.images.bytes.Bytes;
import org.kdive.images.elf.Section;
import org.kdive.images.types.TypeTable;

// .orc_unwind_ip: s32 each, the address less that of the s32 itself, ascending
// .orc_unwind:    6 bytes each, see OrcEntry
/** One ORC table, read in place: a look-up is a binary search. */
public final class OrcTable implements OrcLookup {
    private static final int IP_BYTES = 4;
    private static final int ENTRY_BYTES = 6;

    private final Bytes ips;
    private final Bytes entries;
    private final long ipAddress;
    private final OrcVersion version;
    private final long slide;
    private final int count;

    /** One entry that was found: opaque, for {@link OrcUnwinder}. */
    public static final class Found {
        private final OrcEntry entry;

        Found(OrcEntry entry) {
            this.entry = entry;
        }

        OrcEntry entry() {
            return entry;
        }
    }

    private OrcTable(Bytes ips, Bytes entries, long ipAddress, OrcVersion version, long slide) {
        this.ips = ips;
        this.entries = entries;
        this.ipAddress = ipAddress;
        this.version = version;
        this.slide = slide;
        this.count = ips.size() / IP_BYTES;
    }

    /**
     * A table from its two halves: sections of an image, or a module's read from memory.
     *
     * @param ipAddress where the first half is linked, or is in memory
     */
    public static OrcTable of(Bytes ips, Bytes entries, long ipAddress, OrcVersion version) {
        if (ips.size() % IP_BYTES != 0 || ips.size() / IP_BYTES != entries.size() / ENTRY_BYTES) {
            throw ips.malformedAt(
                    0, "ORC tables of %d and %d bytes do not match".formatted(ips.size(), entries.size()));
        }
        return new OrcTable(ips, entries, ipAddress, version, 0);
    }

    /** The kernel's own, at link addresses; empty for an image without one, or without section headers. */
    public static Optional<OrcTable> find(KernelImage image, Optional<? extends TypeTable> types) {
        Optional<Section> ipSection = image.findSection(".orc_unwind_ip");
        Optional<Bytes> ips = image.sectionBytes(".orc_unwind_ip");
        Optional<Bytes> entries = image.sectionBytes(".orc_unwind");
        if (ipSection.isEmpty()
                || ips.isEmpty()
                || entries.isEmpty()
                || ips.get().size() == 0) {
            return Optional.empty();
        }
        OrcVersion version = OrcVersion.detect(image.sectionBytes(".orc_header"), types);
        return Optional.of(of(ips.get(), entries.get(), ipSection.get().address(), version));
    }

    /** The same table for a kernel that runs so much above where it was linked. */
    public OrcTable slidBy(long bytes) {
        return new OrcTable(ips, entries, ipAddress, version, bytes);
    }

    public int count() {
        return count;
    }

    public OrcVersion version() {
        return version;
    }

    /** Empty below the first entry and behind the last, which ends a table without covering anything. */
    @Override
    public Optional<Found> find(long address) {
        long wanted = address - slide;
        if (count == 0 || Long.compareUnsigned(wanted, ip(0)) < 0 || Long.compareUnsigned(wanted, ip(count - 1)) > 0) {
            return Optional.empty();
        }
        // the last entry at or below: of several for one address the first are terminators
        int low = 0;
        int high = count - 1;
        while (low < high) {
            int middle = (low + high + 1) >>> 1;
            if (Long.compareUnsigned(ip(middle), wanted) <= 0) {
                low = middle;
            } else {
                high = middle - 1;
            }
        }
        long at = (long) low * ENTRY_BYTES;
        OrcEntry entry =
                OrcEntry.of((short) entries.u16At(at), (short) entries.u16At(at + 2), entries.u16At(at + 4), version);
        return Optional.of(new Found(entry));
    }

    private long ip(int index) {
        long at = (long) index * IP_BYTES;
        return ipAddress + at + ips.s32At(at);
    }
}
