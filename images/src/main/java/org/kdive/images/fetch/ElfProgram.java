package org.kdive.images.fetch;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.kdive.images.Architecture;
import org.kdive.images.ImageException;
import org.kdive.images.bytes.Bytes;

/** Just enough of ELF to tell whether a program runs by itself in a guest. */
final class ElfProgram {
    private static final byte[] MAGIC = {0x7f, 'E', 'L', 'F'};
    private static final int PT_INTERP = 3; // ELF gABI, Program Header, p_type
    private static final int HEAD_BYTES = 64 << 10;

    private ElfProgram() {}

    /** A program of that processor which asks for no dynamic linker; false for anything unreadable. */
    static boolean isStaticFor(Path file, Architecture processor) {
        if (!Files.isRegularFile(file)) {
            return false;
        }
        try (InputStream in = Files.newInputStream(file)) {
            Bytes head = Bytes.of(file.toString(), in.readNBytes(HEAD_BYTES));
            return head.startsWith(MAGIC) && isStaticFor(head, processor);
        } catch (IOException | ImageException e) {
            return false;
        }
    }

    // e_ident[4] class: 1 is 32 bit, 2 is 64 bit; [5] data: 1 is little, 2 is big endian
    private static boolean isStaticFor(Bytes head, Architecture processor) {
        boolean is64Bit = head.u8At(4) == 2;
        Bytes elf = head.withOrder(head.u8At(5) == 2 ? ByteOrder.BIG_ENDIAN : ByteOrder.LITTLE_ENDIAN);
        Optional<Architecture> machine = Architecture.ofElf(elf.u16At(18), is64Bit);
        long programHeaders = is64Bit ? elf.u64At(32) : elf.u32At(28);
        int entryBytes = elf.u16At(is64Bit ? 54 : 42);
        int count = elf.u16At(is64Bit ? 56 : 44);
        boolean isStatic = count > 0;
        for (int i = 0; i < count; i++) {
            isStatic &= elf.u32At(programHeaders + (long) i * entryBytes) != PT_INTERP;
        }
        return isStatic && machine.filter(processor::equals).isPresent();
    }
}
