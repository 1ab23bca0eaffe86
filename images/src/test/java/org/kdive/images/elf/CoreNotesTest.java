package org.kdive.images.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.bytes.ByteWriter;

final class CoreNotesTest {
    private static final String NAME = "VMCOREINFO";
    private static final int NOTES = 64 + 2 * 56;

    @TempDir
    private Path dir;

    private static byte[] note(String name, String text) {
        return new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .u32(name.length() + 1)
                .u32(text.length())
                .u32(0)
                .cstring(name)
                .align(4)
                .text(text)
                .align(4)
                .toArray();
    }

    private static byte[] core(byte[] notes, byte[] memory) {
        return new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .u32(0x464c457f)
                .u32(0x00010102)
                .u64(0) // e_ident
                .u32(0x003e0004)
                .u32(1)
                .u64(0)
                .u64(64)
                .u64(0) // type, machine, version, entry, phoff, shoff
                .u32(0)
                .u32(56 << 16 | 64)
                .u32(2)
                .u32(0) // flags, ehsize, phentsize, phnum, shentsize, shnum, shstrndx
                .u32(4)
                .u32(0)
                .u64(NOTES)
                .u64(0)
                .u64(0)
                .u64(notes.length)
                .u64(notes.length)
                .u64(0)
                .u32(1)
                .u32(0)
                .u64(NOTES + notes.length)
                .u64(0)
                .u64(0)
                .u64(memory.length)
                .u64(memory.length)
                .u64(0)
                .bytes(notes)
                .bytes(memory)
                .toArray();
    }

    @Test
    void aNoteIsPutBehindTheOthersAndTheMemoryIsStillFound() throws IOException {
        byte[] memory = new byte[100_001];
        new Random(1).nextBytes(memory);
        byte[] cpu = note("CORE", "registers");
        Path file = Files.write(dir.resolve("core"), core(cpu, memory));
        assertThat(CoreNotes.has(file, NAME)).isFalse();
        Files.setPosixFilePermissions(file, Set.of(PosixFilePermission.OWNER_READ));
        byte[] added = note(NAME, "OSRELEASE=6.1.0\n");
        assertThat(CoreNotes.ensure(file, NAME, added)).isTrue();
        byte[] both = Arrays.copyOf(cpu, cpu.length + added.length);
        System.arraycopy(added, 0, both, cpu.length, added.length);
        assertThat(Files.readAllBytes(file)).isEqualTo(core(both, memory));
        assertThat(CoreNotes.has(file, NAME)).isTrue();
        assertThat(CoreNotes.ensure(file, NAME, note(NAME, "another"))).isTrue();
        assertThat(Files.readAllBytes(file)).isEqualTo(core(both, memory));
        assertThat(Files.getPosixFilePermissions(file)).containsExactly(PosixFilePermission.OWNER_READ);
        assertThat(dir.toFile().list()).containsExactly("core");
    }

    @Test
    void whatIsNoSuchCoreStaysAsItIs() throws IOException {
        byte[] whole = core(note("CORE", "registers"), new byte[0]);
        for (int cut = 0; cut < whole.length; cut++) {
            byte[] bytes = Arrays.copyOf(whole, cut);
            Path file = Files.write(dir.resolve("core"), bytes);
            assertThat(CoreNotes.ensure(file, NAME, note(NAME, "x"))).isFalse();
            assertThat(Files.readAllBytes(file)).isEqualTo(bytes);
        }
        byte[] small = whole.clone();
        small[4] = 1; // ELFCLASS32
        assertThat(CoreNotes.ensure(Files.write(dir.resolve("core"), small), NAME, note(NAME, "x")))
                .isFalse();
    }
}
