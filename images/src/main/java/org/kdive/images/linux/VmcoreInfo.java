package org.kdive.images.linux;

import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.kdive.images.ImageException;
import org.kdive.images.ImageFailure;
import org.kdive.images.KernelImage;
import org.kdive.images.Memory;
import org.kdive.images.Program;
import org.kdive.images.bytes.Bytes;

/**
 * What a kernel tells those who read its memory after a crash (Documentation/admin-guide/kdump/vmcoreinfo.rst): text, a
 * fact a line, in an ELF note that is made at boot (kernel/vmcore_info.c; kernel/crash_core.c before 6.9). Its symbols are
 * at run-time addresses.
 *
 * <pre>
 * name size32 = 11, text size32, type32 = 0, "VMCOREINFO\0" padded to 4, text
 * OSRELEASE=6.1.0   SYMBOL(prb)=ffff800009a0f0e8   NUMBER(PG_lru)=4   OFFSET(list_head.next)=0   KERNELOFFSET=1b200000
 * </pre>
 */
public final class VmcoreInfo {
    private static final byte[] NAME = "VMCOREINFO\0".getBytes(StandardCharsets.US_ASCII);
    private static final String POINTER = "vmcoreinfo_note";
    private static final int HEADER_BYTES = 12;
    private static final int TEXT_OFFSET = HEADER_BYTES + 12; // the name, padded
    private static final int MOST_BYTES = 64 << 10; // VMCOREINFO_BYTES is a page

    private final Map<String, String> facts;

    private VmcoreInfo(Map<String, String> facts) {
        this.facts = Map.copyOf(facts);
    }

    /** The text alone, up to its first NUL. A line that is no fact is passed over. */
    public static VmcoreInfo parse(String text) {
        Map<String, String> facts = new HashMap<>();
        int end = text.indexOf('\0');
        (end < 0 ? text : text.substring(0, end)).lines().forEach(line -> {
            int equals = line.indexOf('=');
            if (equals > 0) {
                facts.putIfAbsent(line.substring(0, equals), line.substring(equals + 1));
            }
        });
        return new VmcoreInfo(facts);
    }

    /** From an ELF note on; empty if it is another note, or none. */
    public static Optional<VmcoreInfo> ofNote(Bytes note) {
        OptionalLong length = textBytes(note);
        return length.isPresent() && note.holds(TEXT_OFFSET, length.getAsLong())
                ? Optional.of(parse(note.textAt(TEXT_OFFSET, (int) length.getAsLong())))
                : Optional.empty();
    }

    private static OptionalLong textBytes(Bytes note) {
        boolean isOurs = note.holds(0, TEXT_OFFSET)
                && note.u32At(0) == NAME.length
                && note.u32At(8) == 0
                && note.holdsAt(HEADER_BYTES, NAME);
        long length = isOurs ? note.u32At(4) : 0;
        return length > 0 && length <= MOST_BYTES ? OptionalLong.of(length) : OptionalLong.empty();
    }

    /** Of a kernel that runs; empty until it has made the note, or if it was built without. */
    public static Optional<VmcoreInfo> of(LiveKernel kernel) {
        OptionalLong pointer = kernel.findInTable(POINTER);
        return pointer.isEmpty()
                ? Optional.empty()
                : at(kernel.memory(), pointer.getAsLong(), kernel.pointerBytes(), kernel.order());
    }

    /** The same for a kernel whose types are not known, or not yet. The program is slid to where the kernel runs. */
    public static Optional<VmcoreInfo> of(Program program, Memory memory) {
        KernelImage image = program.image();
        return program.findSymbol(POINTER)
                .flatMap(pointer ->
                        at(memory, pointer.address(), image.architecture().pointerBytes(), image.byteOrder()));
    }

    /** The note as it stands in memory, whole: what a core file of this kernel should have. Program and absence as above. */
    public static Optional<byte[]> noteOf(Program program, Memory memory) {
        KernelImage image = program.image();
        return program.findSymbol(POINTER)
                .flatMap(pointer ->
                        noteAt(memory, pointer.address(), image.architecture().pointerBytes(), image.byteOrder()))
                .filter(note -> ofNote(note).isPresent())
                .map(note -> note.toArray());
    }

    private static Optional<VmcoreInfo> at(Memory memory, long pointer, int pointerBytes, ByteOrder order) {
        return noteAt(memory, pointer, pointerBytes, order).flatMap(VmcoreInfo::ofNote);
    }

    // u32 *vmcoreinfo_note, filled by a subsys_initcall
    private static Optional<Bytes> noteAt(Memory memory, long pointer, int pointerBytes, ByteOrder order) {
        try {
            long at = bytes(memory, pointer, pointerBytes, order).wordAt(0, pointerBytes);
            if (at == 0) {
                return Optional.empty();
            }
            OptionalLong length = textBytes(bytes(memory, at, TEXT_OFFSET, order));
            return length.isEmpty()
                    ? Optional.empty()
                    : Optional.of(bytes(memory, at, TEXT_OFFSET + (int) length.getAsLong(), order));
        } catch (ImageException e) {
            if (e.failure() instanceof ImageFailure.MemoryFault) {
                return Optional.empty(); // not mapped yet
            }
            throw e;
        }
    }

    private static Bytes bytes(Memory memory, long address, int length, ByteOrder order) {
        return Bytes.of("vmcoreinfo at 0x%x".formatted(address), memory.read(address, length))
                .withOrder(order);
    }

    /** As {@code uname -r} says it. */
    public Optional<String> release() {
        return Optional.ofNullable(facts.get("OSRELEASE"));
    }

    /** In hex; told since 5.9. */
    public Optional<String> buildId() {
        return Optional.ofNullable(facts.get("BUILD-ID"));
    }

    /** By how much KASLR moved the kernel; empty where there is no such line (no KASLR, or arm). */
    public OptionalLong slideBytes() {
        return hex(facts.get("KERNELOFFSET"));
    }

    /** The run-time address of a symbol; of an array, its first element's. */
    public OptionalLong symbol(String name) {
        return hex(facts.get("SYMBOL(" + name + ")"));
    }

    /** {@code NUMBER(name)}: decimal for most, hexadecimal with 0x for arm64's. */
    public OptionalLong number(String name) {
        String text = facts.get("NUMBER(" + name + ")");
        return text != null && text.startsWith("0x") ? hex(text.substring(2)) : parsed(text, 10);
    }

    /** {@code OFFSET(struct.member)}. */
    public OptionalLong offset(String member) {
        return parsed(facts.get("OFFSET(" + member + ")"), 10);
    }

    private static OptionalLong hex(@Nullable String text) {
        return parsed(text, 16);
    }

    private static OptionalLong parsed(@Nullable String text, int radix) {
        if (text == null) {
            return OptionalLong.empty();
        }
        try {
            return OptionalLong.of(radix == 16 ? Long.parseUnsignedLong(text, 16) : Long.parseLong(text, radix));
        } catch (NumberFormatException e) {
            return OptionalLong.empty(); // a guest may write there what it likes
        }
    }
}
