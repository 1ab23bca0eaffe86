package org.kdive.images.elf;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.kdive.images.bytes.ByteWriter;

final class CoreFileTest {
    private static final String NAME = "VMCOREINFO";
    private static final int TABLE = 64;
    private static final int ENTRY_BYTES = 56;

    @TempDir
    private Path dir;

    /** A PT_LOAD: its place in the memory that the file has, and where that is. */
    private record Load(int offset, long virtual, long physical, int bytes) {}

    private static byte[] core(byte[] notes, byte[] memory, Load... loads) {
        int start = TABLE + (1 + loads.length) * ENTRY_BYTES;
        ByteWriter out = new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .u32(0x464c457f)
                .u32(0x00010102)
                .u64(0) // e_ident
                .u32(0x003e0004)
                .u32(1)
                .u64(0)
                .u64(TABLE)
                .u64(0) // type, machine, version, entry, phoff, shoff
                .u32(0)
                .u32(ENTRY_BYTES << 16 | 64)
                .u32(1 + loads.length)
                .u32(0); // flags, ehsize, phentsize, phnum, shentsize, shnum, shstrndx
        entry(out, 4, start, 0, 0, notes.length);
        for (Load load : loads) {
            entry(out, 1, start + notes.length + load.offset(), load.virtual(), load.physical(), load.bytes());
        }
        return out.bytes(notes).bytes(memory).toArray();
    }

    private static void entry(ByteWriter out, int type, int offset, long virtual, long physical, int bytes) {
        out.u32(type)
                .u32(0)
                .u64(offset)
                .u64(virtual)
                .u64(physical)
                .u64(bytes)
                .u64(bytes)
                .u64(0);
    }

    private static byte[] memory() {
        byte[] memory = new byte[100_001];
        new Random(1).nextBytes(memory);
        return memory;
    }

    private Path written(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("core"), bytes);
    }

    private static CoreFile read(Path file) throws IOException {
        return CoreFile.read(file).orElseThrow();
    }

    @Test
    void aNoteIsPutBehindTheOthersAndTheMemoryIsStillFound() throws IOException {
        byte[] memory = memory();
        Load all = new Load(0, 0, 0, memory.length);
        byte[] cpu = Notes.note("CORE", "registers");
        Path file = written(core(cpu, memory, all));
        assertThat(read(file).has(NAME)).isFalse();
        Files.setPosixFilePermissions(file, Set.of(PosixFilePermission.OWNER_READ));
        byte[] added = Notes.note(NAME, "OSRELEASE=6.1.0\n");
        read(file).complete(added, List.of());
        byte[] both = Arrays.copyOf(cpu, cpu.length + added.length);
        System.arraycopy(added, 0, both, cpu.length, added.length);
        assertThat(Files.readAllBytes(file)).isEqualTo(core(both, memory, all));
        assertThat(read(file).has(NAME)).isTrue();
        assertThat(Files.getPosixFilePermissions(file)).containsExactly(PosixFilePermission.OWNER_READ);
        assertThat(dir.toFile().list()).containsExactly("core");
    }

    @Test
    void aWholePieceAndAPartOfOneAreSeenWhereTheKernelSeesThem() throws IOException {
        byte[] memory = memory();
        byte[] cpu = Notes.note("CORE", "registers");
        Path file = written(core(cpu, memory, new Load(0, 0, 0, 60_000), new Load(60_000, 0, 0x100000, 40_001)));
        assertThat(read(file).memory())
                .containsExactly(new CoreFile.Ram(0, 60_000), new CoreFile.Ram(0x100000, 40_001));
        read(file)
                .complete(
                        new byte[0],
                        List.of(
                                new CoreFile.View(0xffff888000000000L, 0, 60_000),
                                new CoreFile.View(0xffffffff81000000L, 0x101000, 8192),
                                new CoreFile.View(0xffffffff82000000L, 0x200000, 4096),
                                new CoreFile.View(0xffffffff82000000L, 0x101000, Long.MAX_VALUE)));
        assertThat(Files.readAllBytes(file))
                .isEqualTo(core(
                        cpu,
                        memory,
                        new Load(0, 0xffff888000000000L, 0, 60_000),
                        new Load(60_000, 0, 0x100000, 40_001),
                        new Load(64_096, 0xffffffff81000000L, 0x101000, 8192)));
    }

    @Test
    void whatIsNoSuchCoreIsNotTakenForOne() throws IOException {
        byte[] whole = core(Notes.note("CORE", "registers"), new byte[0]);
        for (int cut = 0; cut < whole.length; cut++) {
            assertThat(CoreFile.read(written(Arrays.copyOf(whole, cut)))).isEmpty();
        }
        byte[] small = whole.clone();
        small[4] = 1; // ELFCLASS32
        assertThat(CoreFile.read(written(small))).isEmpty();
        Random random = new Random(7);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = core(Notes.note("CORE", "registers"), new byte[64], new Load(0, 0, 0, 64));
            for (int n = random.nextInt(6); n >= 0; n--) {
                bytes[16 + random.nextInt(bytes.length - 16)] = (byte) random.nextInt();
            }
            Optional<CoreFile> any = CoreFile.read(written(bytes));
            if (any.isPresent()) {
                any.get()
                        .complete(
                                Notes.note(NAME, "x"),
                                List.of(new CoreFile.View(1, 0, 64), new CoreFile.View(1, 8, 8)));
            }
        }
    }
}
