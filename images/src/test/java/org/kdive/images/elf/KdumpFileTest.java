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

final class KdumpFileTest {
    private static final int BLOCK = 4096;
    private static final byte[] CPU = Notes.note("CORE", "registers");
    private static final String TEXT = "OSRELEASE=6.1\n";
    private static final byte[] NOTE = Notes.note("VMCOREINFO", TEXT);
    private static final int TEXT_OFFSET = 24; // in the note
    private static final byte[] NAMES = names();

    @TempDir
    private Path dir;

    private static byte[] names() {
        byte[] names = new byte[KdumpFile.UTSNAME_BYTES];
        Arrays.fill(names, (byte) 'x');
        return names;
    }

    private static byte[] head(byte[] names) {
        ByteWriter out =
                new ByteWriter(ByteOrder.LITTLE_ENDIAN).text("KDUMP   ").u32(6).bytes(names);
        return out.zeros(428 - out.position()).u32(BLOCK).zeros(32).toArray();
    }

    private static final int CPU_OFFSET = BLOCK + 104;

    private static byte[] subHeader(long info, long infoBytes, long notes, long noteBytes) {
        return new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .zeros(32)
                .u64(info)
                .u64(infoBytes)
                .u64(notes)
                .u64(noteBytes)
                .zeros(40)
                .bytes(CPU)
                .toArray();
    }

    private static byte[] withoutInfo() {
        return subHeader(0, 0, CPU_OFFSET, CPU.length);
    }

    private static byte[] pages() {
        byte[] pages = new byte[3 * BLOCK];
        new Random(3).nextBytes(pages);
        return pages;
    }

    private static byte[] plain(byte[] names, byte[] subHeader) {
        ByteWriter out = new ByteWriter(ByteOrder.LITTLE_ENDIAN).bytes(head(names));
        out.zeros(BLOCK - out.position()).bytes(subHeader);
        return out.zeros(2 * BLOCK - out.position()).bytes(pages()).toArray();
    }

    /** As QEMU writes it: the pages before the headers, and in pieces. */
    private static byte[] flattened() {
        ByteWriter out = new ByteWriter(ByteOrder.BIG_ENDIAN)
                .text("makedumpfile\0\0\0\0")
                .u64(1)
                .u64(1);
        out.zeros(4096 - out.position());
        for (int i = 2; i >= 0; i--) {
            piece(out, (2L + i) * BLOCK, Arrays.copyOfRange(pages(), i * BLOCK, (i + 1) * BLOCK));
        }
        piece(out, 0, head(new byte[0]));
        piece(out, BLOCK, withoutInfo());
        return out.u64(-1).u64(-1).toArray();
    }

    private static void piece(ByteWriter out, long offset, byte[] bytes) {
        out.u64(offset).u64(bytes.length).bytes(bytes);
    }

    private static byte[] completed() {
        int end = 5 * BLOCK;
        byte[] before = plain(
                NAMES, subHeader(end + CPU.length + TEXT_OFFSET, TEXT.length(), end, CPU.length + (long) NOTE.length));
        return new ByteWriter(ByteOrder.LITTLE_ENDIAN)
                .bytes(before)
                .bytes(CPU)
                .bytes(NOTE)
                .toArray();
    }

    private Path written(byte[] bytes) throws IOException {
        return Files.write(dir.resolve("dump"), bytes);
    }

    @Test
    void aFlattenedDumpBecomesAPlainOneWithVmcoreinfo() throws IOException {
        Path file = written(flattened());
        Files.setPosixFilePermissions(file, Set.of(PosixFilePermission.OWNER_READ));
        assertThat(KdumpFile.complete(file, NOTE, NAMES)).isTrue();
        assertThat(Files.readAllBytes(file)).isEqualTo(completed());
        assertThat(KdumpFile.hasVmcoreinfo(file)).isTrue();
        assertThat(Files.getPosixFilePermissions(file)).containsExactly(PosixFilePermission.OWNER_READ);
        assertThat(dir.toFile().list()).containsExactly("dump");
    }

    @Test
    void whatItHasAlreadyStays() throws IOException {
        Path file = written(completed());
        assertThat(KdumpFile.complete(file, Notes.note("VMCOREINFO", "ANOTHER=1\n"), new byte[0]))
                .isTrue();
        assertThat(Files.readAllBytes(file)).isEqualTo(completed());
        assertThat(KdumpFile.complete(written(flattened()), new byte[0], new byte[0]))
                .isTrue();
        assertThat(Files.readAllBytes(file)).isEqualTo(plain(new byte[0], withoutInfo()));
        assertThat(KdumpFile.hasVmcoreinfo(file)).isFalse();
    }

    @Test
    void whatIsCutOffOrNoDumpStaysAsItIs() throws IOException {
        byte[] whole = flattened();
        for (int cut : new int[] {0, 15, 16, 4095, 4096, 4104, 4200, 12_000, whole.length - 16, whole.length - 1}) {
            Path file = written(Arrays.copyOf(whole, cut));
            assertThat(KdumpFile.complete(file, NOTE, NAMES))
                    .as("cut at %d", cut)
                    .isFalse();
            assertThat(Files.readAllBytes(file)).isEqualTo(Arrays.copyOf(whole, cut));
        }
        Path file = written(Arrays.copyOf(plain(new byte[0], withoutInfo()), BLOCK));
        assertThat(KdumpFile.complete(file, NOTE, NAMES)).isFalse();
        assertThat(KdumpFile.hasVmcoreinfo(file)).isFalse();
        assertThat(dir.toFile().list()).containsExactly("dump");
    }
}
